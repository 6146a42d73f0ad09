import { createTRPCClient, splitLink, type TRPCClient } from "@trpc/client";
import { batchLink } from "./batchLink.ts";
import { callLink } from "./callLink.ts";
import type { AppRouter } from "./generated/router.d.ts";
import type { ItemsError } from "./itemsError.ts";
import { subscriptionLink } from "./subscriptionLink.ts";
import { authorizer } from "./token.ts";

/** The typed client: tRPC's own, with this API's procedures. */
export type ItemsClient = TRPCClient<AppRouter>;

/** Which call failed. */
export interface FailedCall {
  /** The procedure: `items.get`. */
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
}

/** What {@link createClient} takes. */
export interface ClientOptions {
  /** Where the server is: `https://api.example.com`, or with `/trpc` at its end. In a page also `/`, its own server. */
  readonly url: string | URL;
  /**
   * Gives the bearer token for a request, or nothing for a request without one. It is asked before every request, so it
   * should keep its token while that is good; requests that start together ask once.
   */
  readonly getToken?: (() => string | null | undefined | Promise<string | null | undefined>) | undefined;
  /** The `fetch` to use, by default the global one. It must not follow redirects when `init.redirect` says so. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Is told every call that failed for good, once, and every subscription that ended; not those that were cancelled. */
  readonly onError?: ((error: ItemsError, call: FailedCall) => void) | undefined;
  /**
   * Milliseconds that a query or a mutation may take, waits and further attempts included, and the opening of a
   * subscription; half of it is for `getToken`. By default 30,000.
   */
  readonly timeout?: number | undefined;
}

/**
 * Makes the client of a server. Every failed call throws an {@link ItemsError}.
 *
 * @throws TypeError when an option makes no sense
 */
export function createClient(options: ClientOptions): ItemsClient {
  const { onError, timeout = 30_000 } = options;
  if (!(timeout > 0 && timeout < 2 ** 31)) {
    throw new TypeError(`timeout has to be 1 to 2**31 - 1 ms, not ${timeout}.`);
  }
  const url = endpoint(options.url);
  const send = options.fetch ?? ((target, init) => fetch(target, init));
  const authorize = authorizer(options.getToken, timeout / 2);
  return createTRPCClient<AppRouter>({
    links: [
      callLink(url, timeout, onError),
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: subscriptionLink(url, send, authorize, timeout),
        false: batchLink(url, send, authorize),
      }),
    ],
  });
}

/** The address of tRPC on a server. */
function endpoint(url: string | URL): string {
  let address = "";
  try {
    // In a page it may be relative.
    address = new URL(url, (globalThis as { location?: { href: string } }).location?.href).href;
  } catch {
    // Named below.
  }
  if (!/^https?:/.test(address)) {
    throw new TypeError(`url has to be http or https, not ${url}.`);
  }
  return address.replace(/(\/trpc)?\/*([?#].*)?$/, "/trpc");
}
