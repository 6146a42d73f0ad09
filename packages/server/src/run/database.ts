import { backOff, pause } from "@cosmos-trpc/base";
import type { EntityTypes, Store, StoreError } from "@cosmos-trpc/cosmos-core";
import {
  type ContainerDefinition,
  type CosmosConfiguration,
  createCosmosClient,
  createCredential,
  ensureContainer,
  openContainer,
} from "@cosmos-trpc/cosmos-core";
import type { Entity } from "../entity/entity.ts";
import { isStoreError } from "../errors.ts";
import type { Log } from "../log.ts";
import { operatorMessage } from "./operatorMessage.ts";

/** An entity's definition, by which its store is found. */
export type DefinitionOf<Types extends EntityTypes> = Entity<Types>["definition"];

/** The server's connection to its containers, which may come later than the first request. */
export interface Database {
  /** A definition's store. Waits for an attempt that is under way. @throws StoreError why there is none. */
  store<Types extends EntityTypes>(definition: DefinitionOf<Types>): Promise<Store<Types>>;
  /** Looks whether the containers can be used now. @throws StoreError why one cannot. */
  check(): Promise<void>;
  /** Logs what is wrong with a stored item, where callers learn only that something is. */
  onUnfit(definition: object, error: StoreError): void;
  close(): void;
}

/** A definition, and the name that its container has. */
export interface NamedContainer {
  readonly definition: ContainerDefinition;
  readonly id: string;
}

/** Waits between attempts to open a container, in milliseconds. */
const waits = { first: 250, max: 5_000 } as const;

/**
 * Opens the containers, and goes on trying while Cosmos DB is away or not set up: the process serves its health check
 * and says what is missing, instead of restarting over and over. On loopback it makes the containers first.
 */
export function connectDatabase(
  cosmos: CosmosConfiguration,
  containers: readonly NamedContainer[],
  log: Log,
): Database {
  const credential = createCredential();
  const client = createCosmosClient(cosmos, credential);
  const closed = new AbortController();

  function connect({ definition: given, id }: NamedContainer) {
    const definition = { ...given, id };
    const onUnfit = (error: StoreError): void =>
      log.warn({ container: id, reason: error.reason }, operatorMessage(error));
    const open = () => openContainer(client, cosmos.database, definition, { onUnfit });

    async function attempt() {
      if (cosmos.endpoint.isLoopback) await ensureContainer(cosmos, definition, credential);
      const { store, drift } = await open();
      for (const difference of drift) log.warn({ container: id }, difference);
      const { url } = cosmos.endpoint;
      log.info({ endpoint: url, database: cosmos.database, container: id }, "container open");
      return store;
    }

    let current = attempt();

    async function keepTrying(): Promise<void> {
      for (let failures = 1; ; failures += 1) {
        const failure: unknown = await current.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined || closed.signal.aborted) return;
        const reason = isStoreError(failure) ? failure.reason : "unavailable";
        log.error({ container: id, reason, err: failure }, operatorMessage(failure));
        await pause(backOff(failures, waits), closed.signal);
        current = attempt();
      }
    }
    // It ends with the signal's reason when the server does.
    keepTrying().catch(() => undefined);

    return {
      onUnfit,
      store: () => current,
      async check() {
        await current;
        await open();
      },
    };
  }

  const connections = new Map<unknown, ReturnType<typeof connect>>(
    containers.map((container) => [container.definition, connect(container)]),
  );

  return {
    store<Types extends EntityTypes>(definition: DefinitionOf<Types>) {
      const connection = connections.get(definition);
      if (connection === undefined) throw new TypeError(`The container ${definition.id} is not served.`);
      return connection.store() as Promise<unknown> as Promise<Store<Types>>;
    },
    async check() {
      await Promise.all(Array.from(connections.values(), ({ check }) => check()));
    },
    onUnfit: (definition, error) => connections.get(definition)?.onUnfit(error),
    close() {
      closed.abort();
      client.dispose();
    },
  };
}
