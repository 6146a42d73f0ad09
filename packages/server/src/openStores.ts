import { pino } from "pino";
import type { Entities } from "./entity/entity.ts";
import type { Log } from "./log.ts";
import { type RequestStores, requestStoresOf } from "./request/requestContext.ts";
import { Usage } from "./request/usage.ts";
import { cosmosConfiguration, type ListenerConfiguration } from "./run/configuration.ts";
import type { Database } from "./run/database.ts";
import { loadDatabase } from "./run/loadDatabase.ts";
import { createSharedFeeds, type SharedFeeds } from "./watch/sharedFeeds.ts";

/** The stores of some entities, for those who serve their router themselves. */
export interface Stores<Served extends Entities> {
  /** The stores of one request, for its context. Given up when the signal aborts. */
  forRequest(request?: { readonly signal?: AbortSignal | undefined }): RequestStores<Served>;
  /** Resolves when every container can be used. @throws StoreError why one cannot */
  ready(): Promise<void>;
  /** Ends watches, so that their clients go on elsewhere, and lets go of the connections. */
  close(): void;
}

/** What all requests to some entities share. */
export interface Connection {
  readonly database: Database;
  readonly feeds: SharedFeeds;
  readonly watchDuration: number;
  readonly log: Log;
}

const defaultWatchDuration = 1_800_000;

/**
 * Connects to the containers of some entities.
 *
 * @param listening when to begin: the SDK is most of a program, and a health check is answered without it
 */
export function connect(
  entities: Entities,
  { cosmos, containers = {}, watchDuration = defaultWatchDuration, log }: ListenerConfiguration,
  listening: Promise<void>,
): Connection {
  const named = Object.entries(entities).map(([name, { definition }]) => ({
    definition,
    id: containers[name] ?? definition.id,
  }));
  const logging = log ?? pino();
  return {
    database: loadDatabase(listening, cosmosConfiguration(cosmos), named, logging),
    feeds: createSharedFeeds(),
    watchDuration,
    log: logging,
  };
}

/**
 * Opens the stores of some entities, for a tRPC router that its team serves itself, with any adapter of tRPC. While Cosmos
 * DB is away or not set up it goes on trying, and says why in the log.
 *
 * @throws TypeError for an endpoint that is none
 * @example
 * const stores = openStores(entities, { cosmos: { endpoint: "https://shop.documents.azure.com" } });
 * createHTTPServer({
 *   router: appRouter,
 *   createContext: ({ req, info }) => ({ user: userOf(req), stores: stores.forRequest(info) }),
 * });
 */
export function openStores<const Served extends Entities>(
  entities: Served,
  configuration: ListenerConfiguration,
): Stores<Served> {
  const { database, feeds, watchDuration } = connect(entities, configuration, Promise.resolve());
  const storesOf = requestStoresOf(entities);
  return {
    forRequest: ({ signal } = {}) =>
      storesOf({
        database,
        feeds,
        watchDuration,
        signal,
        usage: new Usage(),
        // A connection that is not ours ends by itself.
        disconnect: () => undefined,
      }),
    ready: () => database.check(),
    close() {
      feeds.stop();
      database.close();
    },
  };
}
