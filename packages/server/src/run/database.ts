import { setTimeout as delay } from "node:timers/promises";
import {
  type ContainerDefinition,
  type CosmosConfiguration,
  createCosmosClient,
  createCredential,
  ensureContainer,
  type ItemBase,
  items,
  type Ordering,
  openContainer,
  type Store,
  StoreError,
} from "@cosmos-trpc/cosmos-core";
import type { Logger } from "pino";
import type { EntityDefinition } from "../entity/entity.ts";

/** The server's connection to its containers, which may come later than the first request. */
export interface Database {
  /** A definition's store. Waits for an attempt that is under way. @throws StoreError why there is none. */
  store<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
    definition: EntityDefinition<Item, Key, Area, Order>,
  ): Promise<Store<Item, Key, Area, Order>>;
  /** Looks whether the containers can be used now. @throws StoreError why one cannot. */
  check(): Promise<void>;
  close(): void;
}

/** Any definition, by its identity. */
export type AnyDefinition = Pick<ContainerDefinition, "id">;

/** Waits between attempts to open a container, in milliseconds: from the first to the longest. */
const backoff = { first: 250, longest: 5_000 } as const;

/**
 * Opens the containers, and goes on trying while Cosmos DB is away or not set up: the process serves its health check
 * and says what is missing, instead of restarting over and over. On loopback it makes the containers first.
 */
export function connectDatabase(
  cosmos: CosmosConfiguration,
  definitions: readonly AnyDefinition[],
  log: Logger,
): Database {
  const credential = createCredential();
  const client = createCosmosClient(cosmos, credential);
  const closed = new AbortController();

  const open = (definition: ContainerDefinition) => openContainer(client, cosmos.database, definition);

  async function attempt(definition: ContainerDefinition): Promise<unknown> {
    if (cosmos.endpoint.isLoopback) await ensureContainer(cosmos, definition, credential);
    const { store, drift } = await open(definition);
    for (const difference of drift) log.warn({ container: definition.id }, difference);
    log.info(
      { endpoint: cosmos.endpoint.url, database: cosmos.database, container: definition.id },
      "container open",
    );
    return store;
  }

  function connect(given: AnyDefinition) {
    // COSMOS_CONTAINER names the container of items.
    const id = given === items ? cosmos.container : given.id;
    const definition = { ...(given as ContainerDefinition), id };
    let current = attempt(definition);

    async function keepTrying(): Promise<void> {
      for (let wait: number = backoff.first; ; wait = Math.min(wait * 2, backoff.longest)) {
        const failure = await current.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined || closed.signal.aborted) return;
        const reason = failure instanceof StoreError ? failure.reason : "unavailable";
        log.error(
          { container: id, reason, err: failure },
          failure instanceof Error ? failure.message : "no container",
        );
        await delay(wait, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
        if (closed.signal.aborted) return;
        current = attempt(definition);
      }
    }
    void keepTrying();

    return {
      store: () => current,
      async check() {
        await current;
        await open(definition);
      },
    };
  }

  const connections = new Map(definitions.map((definition) => [definition, connect(definition)]));

  return {
    async store<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
      definition: EntityDefinition<Item, Key, Area, Order>,
    ) {
      const connection = connections.get(definition as unknown as AnyDefinition);
      if (connection === undefined) throw new TypeError(`The container ${definition.id} is not served.`);
      return (await connection.store()) as Store<Item, Key, Area, Order>;
    },
    async check() {
      await Promise.all(Array.from(connections.values(), ({ check }) => check()));
    },
    close() {
      closed.abort();
      client.dispose();
    },
  };
}
