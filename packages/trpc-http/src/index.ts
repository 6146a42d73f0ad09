export { createNodeHandler, type NodeHandlerOptions } from "./createNodeHandler.ts";
