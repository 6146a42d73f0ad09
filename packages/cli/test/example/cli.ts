import { createApiClient } from "@cosmos-trpc/client";
import type { CliOptions } from "../../src/index.ts";
import { type AppRouter, manifest } from "./api.ts";

const idempotent = Object.keys(manifest.procedures).filter((path) => manifest.procedures[path]?.isIdempotent);

/** The example's client. */
export const createClient = (options: {
  readonly url: string | URL;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}) => createApiClient<AppRouter>({ ...options, idempotent });

/** The example's command line. */
export const example: CliOptions = { name: "cosmos-trpc", version: "1.2.3", manifest, createClient };
