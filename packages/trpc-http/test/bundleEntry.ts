/** What `modernSyntax.test.ts` bundles: our handler and the set-ups with their routers, on one tRPC. */
export { createNodeHandler } from "../src/index.ts";
export { setups } from "./setups.ts";
