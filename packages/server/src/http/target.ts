import type { IncomingMessage } from "node:http";

/** What a request asks for. */
export interface Target {
  readonly path: string;
  /** What follows the first question mark; later ones belong to it. Source: RFC 3986, 3.4. */
  readonly query: string;
}

/** Reads a request's target. */
export function readTarget({ url = "/" }: IncomingMessage): Target {
  const mark = url.indexOf("?");
  return mark === -1 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** Where a framework has mounted the listener, which it takes away from the address. Source: Express, `req.baseUrl`. */
export const mountedAt = (request: IncomingMessage): string => {
  const { baseUrl } = request as IncomingMessage & { readonly baseUrl?: unknown };
  return typeof baseUrl === "string" ? baseUrl : "";
};
