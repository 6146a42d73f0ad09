import { readFileSync } from "node:fs";
import { join } from "node:path";
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

/** As an application's command does, the example has its manifest as data, and loads nothing of the server. */
export const manifest = JSON.parse(
  readFileSync(join(process.env["CLI_TEST_PROGRAMS"] ?? "", "manifest.json"), "utf8"),
) as Manifest;

/** The example's command line. */
export const example: CliOptions = { name: "cosmos-trpc", version: "1.2.3", manifest, createClient };
