import { createTRPCClient, type TRPCClient } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { ApiError } from "./apiError.ts";
import { callLink, type FailedCall } from "./callLink.ts";
import { authorizer } from "./token.ts";
import { transportLink } from "./transportLink.ts";

/** The typed client of a router: tRPC's own. */
export type ApiClient<Router extends AnyRouter> = TRPCClient<Router>;

/** What {@link createApiClient} takes. */
export interface ClientOptions {
  /**
   * Where the server is: `https://api.example.com`, or with `/trpc` at its end. In a page also `/`, its own server: a
   * client of that may be made where there is no page, and its calls there fail with a sentence.
   */
  readonly url: string | URL;
  /**
   * Gives the bearer token for a request, or nothing for a request without one. It is asked before every request, so it
   * should keep its token while that is good; requests that start together ask once.
   */
  readonly getToken?: (() => string | null | undefined | Promise<string | null | undefined>) | undefined;
  /** The `fetch` to use, by default the global one. It must not follow redirects when `init.redirect` says so. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Is told every call that failed for good, once, and every subscription that ended; not those that were cancelled. */
  readonly onError?: ((error: ApiError, call: FailedCall) => void) | undefined;
  /**
   * Milliseconds that a query or a mutation may take, waits and further attempts included, and the opening of a
   * subscription; half of it is for `getToken`. By default 30,000.
   */
  readonly timeout?: number | undefined;
  /**
   * Paths of the mutations that leave the same behind when they are made twice (`orders.upsert`): they are tried again
   * like queries. By default none.
   */
  readonly idempotent?: readonly string[] | undefined;
}

/**
 * Makes the client of a server, typed by its router. Every failed call throws an {@link ApiError}.
 *
 * @example
 * const client = createApiClient<AppRouter>({ url: "https://api.example.com", idempotent: ["orders.upsert"] });
 * const order = await client.orders.get.query({ id: "1", customerId: "ada" });
 * @throws TypeError when an option makes no sense
 */
export function createApiClient<Router extends AnyRouter>(options: ClientOptions): ApiClient<Router> {
  const { url, onError, timeout = 30_000, idempotent = [] } = options;
  if (!(timeout > 0 && timeout < 2 ** 31)) {
    throw new TypeError(`timeout has to be 1 to 2**31 - 1 ms, not ${timeout}.`);
  }
  const address = endpoint(url);
  const send = options.fetch ?? ((target, init) => fetch(target, init));
  const authorize = authorizer(options.getToken, timeout / 2);
  return createTRPCClient<AnyRouter>({
    links: [
      callLink(address, timeout, idempotent, onError),
      transportLink(address, send, authorize, timeout),
    ],
  }) as unknown as ApiClient<Router>;
}

/** The address of tRPC on a server; empty for a page's own server where there is no page. */
function endpoint(url: string | URL): string {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const address = URL.canParse(`${url}`, page) ? new URL(url, page).href : "";
  if (!/^https?:/.test(address)) {
    if (!page && /^\//.test(`${url}`)) return "";
    throw new TypeError(`url has to be http or https, not ${url}.`);
  }
  return address.replace(/(\/trpc)?\/*([?#].*)?$/, "/trpc");
}
