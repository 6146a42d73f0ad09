import { type ApiClient, createApiClient, type ClientOptions as RuntimeOptions } from "@cosmos-trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { idempotent } from "./generated/manifest.ts";
import type { AppRouter } from "./generated/router.d.ts";

export type { ApiError } from "@cosmos-trpc/client";
export {
  type ClientReason,
  type ErrorReason,
  type ErrorShape,
  type FailedCall,
  type FieldProblem,
  isApiError,
  isPassing,
  type ServerReason,
  updateItem,
} from "@cosmos-trpc/client";
export type { AppRouter, Json } from "./generated/router.d.ts";

/** The typed client of this API. */
export type Client = ApiClient<AppRouter>;

/** What {@link createClient} takes. */
export type ClientOptions = Omit<RuntimeOptions, "idempotent">;

/** What each procedure takes: `RouterInputs["items"]["upsert"]`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** What each procedure gives: `RouterOutputs["items"]["get"]`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** The names of the API's entities: of what has a `get` and a `replace`. */
export type EntityName = {
  [Name in keyof RouterOutputs]: RouterOutputs[Name] extends { get: object; replace: object } ? Name : never;
}[keyof RouterOutputs];

/** An entity's item as the API gives it, with the service's `_etag` and `_ts`: `Stored<"items">`. */
export type Stored<Name extends EntityName> = RouterOutputs[Name]["get"];

/** An item of `items`, as the API gives it. */
export type Item = Stored<"items">;

/**
 * Makes the client of a server of this API. Every failed call throws an `ApiError`, which `isApiError` recognizes.
 *
 * @example
 * const client = createClient({ url: "https://api.example.com", getToken });
 * const item = await client.items.get.query({ id: "ada" });
 * @throws TypeError when an option makes no sense
 */
export const createClient = (options: ClientOptions): Client =>
  createApiClient<AppRouter>({ ...options, idempotent });
