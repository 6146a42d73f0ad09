import { setTimeout as delay } from "node:timers/promises";
import type { CosmosConfiguration } from "@cosmos-trpc/cosmos-core";
import { StoreError } from "@cosmos-trpc/cosmos-core/schema";
import type { Logger } from "pino";
import type { AnyDefinition, Database } from "./database.ts";

/** How long callers wait while the SDK loads, in milliseconds: a probe asks again by itself, a request does not. */
const patience = { request: 5_000, probe: 1_000 } as const;

/**
 * A database whose SDK is loaded once the server listens: it is most of the program, and the health check is answered
 * without it. What needs the store waits, and is `unavailable` when that takes too long.
 */
export function loadDatabase(
  listening: Promise<void>,
  cosmos: CosmosConfiguration,
  definitions: readonly AnyDefinition[],
  log: Logger,
): Database {
  let database: Database | undefined;

  async function load(): Promise<Database> {
    await listening;
    const { connectDatabase } = await import("./database.ts");
    database = connectDatabase(cosmos, definitions, log);
    return database;
  }

  // Nobody catches this promise's failure: a program that cannot be loaded ends, as one that cannot be started.
  const loading = load();

  async function within(milliseconds: number): Promise<Database> {
    const over = new AbortController();
    const timeout = delay(milliseconds, undefined, { signal: over.signal }).then(() => {
      throw new StoreError(
        "unavailable",
        "The server has just started: the Cosmos DB SDK is still loading.",
        {
          retryAfterMs: 1_000,
        },
      );
    });
    try {
      return await Promise.race([loading, timeout]);
    } finally {
      over.abort();
    }
  }

  return {
    store: async (definition) => (database ?? (await within(patience.request))).store(definition),
    check: async () => (database ?? (await within(patience.probe))).check(),
    close: () => database?.close(),
  };
}
