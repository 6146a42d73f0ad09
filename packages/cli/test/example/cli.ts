import type { Manifest } from "@cosmos-trpc/base";
import { createApiClient } from "@cosmos-trpc/client";
import type { CliOptions } from "../../src/index.ts";
import type { AppRouter } from "./api.ts";

/** The example's client. */
export const createClient = (options: {
  readonly url: string | URL;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}) =>
  createApiClient<AppRouter>({
    ...options,
    idempotent: ["items.upsert", "items.replace", "orders.upsert", "orders.replace"],
  });

/** The example's command line. */
export const exampleOf = (manifest: Manifest): CliOptions => ({
  name: "cosmos-trpc",
  version: "1.2.3",
  manifest,
  createClient,
});
