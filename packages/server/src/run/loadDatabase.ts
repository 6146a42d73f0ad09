import { pause } from "@cosmos-trpc/base";
import type { CosmosConfiguration } from "@cosmos-trpc/cosmos-core";
import { StoreError } from "@cosmos-trpc/cosmos-core/schema";
import type { Log } from "../log.ts";
import type { Database, NamedContainer } from "./database.ts";

/** How long callers wait while the SDK loads, in milliseconds: a probe asks again by itself, a request does not. */
const maxWait = { request: 5_000, probe: 1_000 } as const;

/**
 * A database whose SDK is loaded once the server listens: it is most of the program, and the health check is answered
 * without it. What needs the store waits, and is `unavailable` when that takes too long.
 */
export function loadDatabase(
  listening: Promise<void>,
  cosmos: CosmosConfiguration,
  containers: readonly NamedContainer[],
  log: Log,
): Database {
  let database: Database | undefined;

  async function load(): Promise<Database> {
    await listening;
    const { connectDatabase } = await import("./database.ts");
    database = connectDatabase(cosmos, containers, log);
    return database;
  }

  // Nobody catches this promise's failure: a program that cannot be loaded ends, as one that cannot be started.
  const loading = load();

  async function within(milliseconds: number): Promise<Database> {
    const ended = new AbortController();
    const timeout = pause(milliseconds, ended.signal).then(() => {
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
      ended.abort();
    }
  }

  return {
    store: (definition) =>
      database?.store(definition) ?? within(maxWait.request).then((loaded) => loaded.store(definition)),
    check: async () => (database ?? (await within(maxWait.probe))).check(),
    onUnfit: (definition, error) => database?.onUnfit(definition, error),
    close: () => database?.close(),
  };
}
