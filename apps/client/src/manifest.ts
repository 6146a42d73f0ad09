/** What the API is, as data: its procedures and its entities. Apart from the client, since a page does not need it. */
export type { Manifest } from "@cosmos-trpc/base";
export { manifest } from "./generated/manifest.ts";
