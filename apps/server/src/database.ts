import { setTimeout as delay } from "node:timers/promises";
import {
  type CosmosConfiguration,
  createCosmosClient,
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  StoreError,
} from "@cosmos-trpc/cosmos-core";
import type { Logger } from "pino";

/** The server's connection to its container, which may come later than the first request. */
export interface Database {
  /** The store. Waits for an attempt that is under way. @throws StoreError why there is none. */
  items(): Promise<Store<Item>>;
  /** Looks whether the container can be used now. @throws StoreError why it cannot. */
  check(): Promise<void>;
  close(): void;
}

/** Waits between attempts to open the container, in milliseconds: from the first to the longest. */
const backoff = { first: 250, longest: 5_000 } as const;

/**
 * Opens the container, and goes on trying while Cosmos DB is away or not set up: the process serves its health check
 * and says what is missing, instead of restarting over and over. On loopback it makes the container first.
 */
export function connectDatabase(cosmos: CosmosConfiguration, log: Logger): Database {
  const credential = createCredential();
  const client = createCosmosClient(cosmos, credential);
  const definition = { ...items, id: cosmos.container };
  const closed = new AbortController();

  async function attempt(): Promise<Store<Item>> {
    if (cosmos.endpoint.isLoopback) await ensureContainer(cosmos, definition, credential);
    const { store, drift } = await openContainer(client, cosmos.database, definition);
    for (const difference of drift) log.warn({ container: definition.id }, difference);
    log.info(
      { endpoint: cosmos.endpoint.url, database: cosmos.database, container: definition.id },
      "container open",
    );
    return store;
  }

  let current = attempt();

  async function keepTrying(): Promise<void> {
    for (let wait: number = backoff.first; ; wait = Math.min(wait * 2, backoff.longest)) {
      const failure = await current.then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined || closed.signal.aborted) return;
      const reason = failure instanceof StoreError ? failure.reason : "unavailable";
      log.error({ reason, err: failure }, failure instanceof Error ? failure.message : "no container");
      await delay(wait, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
      if (closed.signal.aborted) return;
      current = attempt();
    }
  }
  void keepTrying();

  return {
    items: () => current,
    async check() {
      await current;
      await openContainer(client, cosmos.database, definition);
    },
    close() {
      closed.abort();
      client.dispose();
    },
  };
}
