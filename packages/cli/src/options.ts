import type { Manifest } from "@cosmos-trpc/base";

/** What names an item: `{ id: "ada", pk: "poets" }`. */
export type Key = Readonly<Record<string, unknown>> & { readonly id: string };

/** An item as somebody wrote it. */
export type WrittenItem = Readonly<Record<string, unknown>>;

/**
 * How the input of an entity's call is made. The command needs none of it: by the manifest it makes the input as the API
 * has it. A team gives a function where the compiler shall hold the command against the router.
 */
export interface EntityInputs {
  /** The input of `get`. */
  readonly get?: (key: Key) => unknown;
  /** The input of `upsert`; `ifMatch` is the etag to write over. */
  readonly upsert?: (item: WrittenItem, ifMatch: string | undefined) => unknown;
}

/** What a command line is made from. */
export interface CliOptions {
  /** What the command is called: `cosmos-trpc`. `COSMOS_TRPC_URL` is then the variable with the server's URL. */
  readonly name: string;
  /** What `--version` prints. */
  readonly version: string;
  /** The API as data: which entities and procedures there are, and what they take. */
  readonly manifest: Manifest;
  /** Makes the API's client: `createApiClient` of `@cosmos-trpc/client`, or what a team has made of it. */
  readonly createClient: (options: {
    readonly url: URL;
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  }) => object;
  /** Where the server is when nobody says: `http://localhost:3000`. */
  readonly defaultUrl?: string;
  /** How inputs are made, by entity, for the compiler's sake. */
  readonly inputs?: Readonly<Record<string, EntityInputs>>;
}
