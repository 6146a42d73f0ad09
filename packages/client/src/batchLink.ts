import { httpBatchStreamLink, httpLink, type Operation, type TRPCLink } from "@trpc/client";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { AppRouter } from "./generated/router.d.ts";
import { ItemsError } from "./itemsError.ts";
import { type Fetch, isJson, openAnswer, readJson } from "./openAnswer.ts";
import type { Authorize } from "./token.ts";

/** Calls in a batch. With {@link longestInput} it keeps a body under the 4 MiB that the server takes. */
const mostCalls = 20;

/** Characters of a batched query's URL: what the strictest of the usual proxies lets through (IIS: 2,048 of query). */
const longestUrl = 2_000;

/** Characters of JSON that a call in a batch may have as its input, in a URL as it is escaped there. */
const longestInput = { query: 1_000, mutation: 65_536 };

/** Calls of one turn of the event loop. */
interface Turn {
  calls: number;
  readonly end: Promise<unknown>;
}

/**
 * Sends queries and mutations. Those that are called in the same turn of the event loop go as one batch, whose answers
 * stream in as each is ready; one that is called alone goes as itself, which is the server's fast path.
 */
export function batchLink(url: string, send: Fetch, headers: Authorize): TRPCLink<AppRouter> {
  /** Checks an answer before tRPC reads it; a batch's stream is tRPC's to read. */
  const fetchWith = (isStreamed: boolean) => async (target: unknown, init?: object) => {
    const response = await openAnswer(send, String(target), init as RequestInit);
    if (isStreamed && response.ok && isJson(response)) return response;
    const value = await readJson(response, url);
    return Object.assign(response, { json: async () => value });
  };
  return (runtime) => {
    const alone = httpLink<AppRouter>({
      url,
      fetch: fetchWith(false),
      headers,
    })(runtime);
    const together = httpBatchStreamLink<AppRouter>({
      url,
      maxItems: mostCalls,
      maxURLLength: longestUrl,
      fetch: fetchWith(true),
      headers,
    })(runtime);
    const turns: Record<string, Turn | undefined> = {};

    return (call) =>
      observable((observer) => {
        const { type, context } = call.op;
        let sent: Unsubscribable | undefined;
        let hasLeft = false;
        const start = (link: typeof alone): void => {
          if (!hasLeft) sent = link(call as never).subscribe(observer as never);
        };
        const size = inputSize(call.op);
        if (Number.isNaN(size)) {
          observer.error(new ItemsError("invalid", "The input cannot be written as JSON."));
        } else if (context["skipBatch"] === true || size > longestInput[type as "query" | "mutation"]) {
          start(alone);
        } else {
          turns[type] ??= { calls: 0, end: new Promise((resolve) => setTimeout(resolve)) };
          const turn = turns[type];
          turn.calls += 1;
          void turn.end.then(() => {
            turns[type] = undefined;
            start(turn.calls > 1 ? together : alone);
          });
        }
        return () => {
          hasLeft = true;
          sent?.unsubscribe();
        };
      });
  };
}

/** Characters that a call's input takes on its way; `NaN` when JSON cannot carry it. */
function inputSize({ type, input }: Operation): number {
  try {
    const text = JSON.stringify(input) ?? "";
    return (type === "query" ? encodeURIComponent(text) : text).length;
  } catch {
    return Number.NaN;
  }
}
