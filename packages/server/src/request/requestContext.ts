import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Entities, Entity } from "../entity/entity.ts";
import type { SharedFeeds } from "../watch/sharedFeeds.ts";
import { requestStore, type StoreOfRequest, type StoreScope } from "./requestStore.ts";
import type { Charge } from "./usage.ts";

/** What the entities' own procedures need of a request, beside its stores. */
export interface RequestScope extends StoreScope {
  readonly feeds: SharedFeeds;
  /** After so long a watch's stream ends, in milliseconds, and its client goes on: so they spread over new instances. */
  readonly watchDuration: number;
  /** Ends the connection, whatever is still to be written to it. */
  disconnect(): void;
}

/** Where the stores of a request keep its scope. */
export const requestScope: unique symbol = Symbol("cosmos-trpc.requestScope");

/** The stores of a request, for what looks them up by their definition. */
export interface StoresOfRequest {
  readonly [requestScope]: RequestScope;
}

/**
 * The stores of a request, by the names of their entities. Each has the methods of cosmos-core's `Store`: what they cost
 * is charged to the request, and they are given up when its caller leaves.
 */
export type RequestStores<Served extends Entities> = StoresOfRequest & {
  readonly [Name in keyof Served]: Served[Name] extends Entity<infer Types> ? StoreOfRequest<Types> : never;
};

/** What is known of a request before its context is made. Calls of a batch share it. */
export interface ApiRequest<Served extends Entities = Entities> {
  readonly headers: IncomingHttpHeaders;
  /** Node's own request. */
  readonly request: IncomingMessage;
  readonly stores: RequestStores<Served>;
  /** What the request is charged so far; the stores add to it by themselves. */
  readonly charge: Charge;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
}

/** What a procedure of {@link initApi} works with: made once for each request, shared by the calls of a batch. */
export interface RequestContext<Served extends Entities = Entities, Caller = undefined>
  extends Pick<ApiRequest<Served>, "headers" | "stores" | "charge" | "signal"> {
  /** Who calls, as the application's `getCaller` says; `undefined` where there is no such function, or nobody. */
  readonly caller: Caller | undefined;
}

/** Makes the stores of a request on some entities. A store is made when it is asked for. */
export function requestStoresOf<Served extends Entities>(
  entities: Served,
): (scope: RequestScope) => RequestStores<Served> {
  class Stores implements StoresOfRequest {
    readonly [requestScope]: RequestScope;

    constructor(scope: RequestScope) {
      this[requestScope] = scope;
    }
  }
  for (const [name, { definition }] of Object.entries(entities)) {
    Object.defineProperty(Stores.prototype, name, {
      get(this: Stores) {
        const value = requestStore(this[requestScope], definition);
        Object.defineProperty(this, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return (scope) => new Stores(scope) as unknown as RequestStores<Served>;
}
