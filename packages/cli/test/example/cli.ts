import { createApiClient } from "@cosmos-trpc/client";
import type { ShopRouter } from "../../../server/examples/orders/router.ts";
import type { CliOptions } from "../../src/index.ts";
import { manifest } from "./manifest.ts";

/** The client of the server package's example. */
export const createClient = ({
  url,
  ...options
}: {
  url: string | URL;
  fetch?: Parameters<CliOptions["createClient"]>[0]["fetch"];
}) =>
  createApiClient<ShopRouter>({
    url,
    ...options,
    idempotent: ["items.upsert", "items.replace", "orders.upsert", "orders.replace"],
  });

/** The command line of the server package's example: items, and orders with a hierarchical partition key. */
export const example: CliOptions = { name: "cosmos-trpc", version: "1.2.3", manifest, createClient };
