import { httpBatchStreamLink, httpLink, type TRPCLink } from "@trpc/client";
import type { AppRouter } from "./generated/router.d.ts";
import { type Fetch, isOf, openAnswer, readJson, refuse } from "./openAnswer.ts";
import type { Authorize } from "./token.ts";
import type { Way } from "./turns.ts";

/** Calls in a batch. */
const mostCalls = 20;

/** Characters of a query's URL: what the strictest of the usual proxies lets through (IIS: 2,048 of query). */
const longestUrl = 2_000;

/**
 * Sends queries and mutations, several as a batch, whose answers stream in as each is ready; one that goes alone as
 * itself, which is the server's fast path. What is longer than a URL may be goes by POST.
 */
export function batchLink(url: string, send: Fetch, headers: Authorize): TRPCLink<AppRouter> {
  /** Checks an answer before tRPC reads it; a batch's stream is tRPC's to read. */
  const fetchWith = (isStreamed: boolean) => async (target: unknown, init?: object) => {
    const response = await openAnswer(send, target as string, init as RequestInit);
    if (isStreamed) return (await isStream(response)) ? response : refuse(response, url);
    const value = await readJson(response, url);
    return Object.assign(response, { json: async () => value });
  };
  const single = { url, fetch: fetchWith(false), headers };
  return (runtime) => {
    const links: Record<Way, ReturnType<TRPCLink<AppRouter>>> = {
      together: httpBatchStreamLink<AppRouter>({
        ...single,
        maxItems: mostCalls,
        maxURLLength: longestUrl,
        fetch: fetchWith(true),
      })(runtime),
      alone: httpLink<AppRouter>(single)(runtime),
      posted: httpLink<AppRouter>({ ...single, methodOverride: "POST" })(runtime),
    };
    return (call) => links[call.op.context["way"] as Way](call);
  };
}

/** The first characters of a batch's stream: the head of its first call. */
const start = '{"0":[[';

/** Whether an answer begins as tRPC's stream of a batch. */
async function isStream(response: Response): Promise<boolean> {
  if (!isOf(response)) return false;
  const body = response.clone().body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "-" } = await reader.read();
  reader.cancel().catch(() => undefined);
  return start.startsWith(value.slice(0, start.length));
}
