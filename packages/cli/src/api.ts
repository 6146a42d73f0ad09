import { createClient, type ItemsClient } from "@cosmos-trpc/client";
import { tellWaiting } from "./tellWaiting.ts";

/** What calls cost and took. */
export interface Usage {
  /** Request units (RU), as Cosmos DB charged them, of refused calls and further attempts too. */
  requestCharge: number;
  /** Milliseconds from the first call to the last answer. */
  elapsed: number;
}

/** Calls go alone, since only then the head of an answer says what its call cost: pass it with each call. */
export const alone = { context: { skipBatch: true } } as const;

/** A client for the server at a URL, and what its calls have cost and taken so far. */
export function createApi(url: URL): { readonly api: ItemsClient; readonly usage: () => Usage } {
  const started = performance.now();
  const waiting = tellWaiting(url);
  let requestCharge = 0;
  const api = createClient({
    url,
    async fetch(target, init) {
      const response = await waiting.request(() => fetch(target, init));
      requestCharge += Number(response.headers.get("x-ms-request-charge") ?? 0);
      return response;
    },
  });
  return { api, usage: () => ({ requestCharge, elapsed: performance.now() - started }) };
}
