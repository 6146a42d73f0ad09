import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "./generated/router.d.ts";

/** What each procedure takes: `RouterInputs["items"]["upsert"]`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** What each procedure gives: `RouterOutputs["items"]["get"]`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** An item as the API gives it, with its `etag` and when it was last written. */
export type Item = RouterOutputs["items"]["get"];
