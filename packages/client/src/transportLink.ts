import { httpBatchStreamLink, httpLink, type TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { type Fetch, isOf, openAnswer, readJson, refuse } from "./openAnswer.ts";
import { subscriptionLink } from "./subscriptionLink.ts";
import type { Authorize } from "./token.ts";
import type { Transport } from "./turns.ts";

/** Calls in a batch. */
const maxCalls = 20;

/** Characters of a query's URL: what the strictest of the usual proxies lets through (IIS: 2,048 of query). */
const maxUrlLength = 2_000;

/**
 * Sends calls by the transport in their context: several as a batch, whose answers stream in as each is ready; one that
 * goes alone as itself, which is the server's fast path; what is longer than a URL may be by POST.
 */
export function transportLink(
  url: string,
  send: Fetch,
  headers: Authorize,
  timeout: number,
): TRPCLink<AnyRouter> {
  /** Checks an answer before tRPC reads it; a batch's stream is tRPC's to read. */
  const fetchWith = (isStreamed: boolean) => async (target: unknown, init?: object) => {
    const response = await openAnswer(send, target as string, init as RequestInit);
    if (isStreamed) return (await isStream(response)) ? response : refuse(response, url);
    const value = await readJson(response, url);
    return Object.assign(response, { json: async () => value });
  };
  const options = { url, fetch: fetchWith(false), headers };
  return (runtime) => {
    const links: Record<Transport, ReturnType<TRPCLink<AnyRouter>>> = {
      batched: httpBatchStreamLink<AnyRouter>({
        ...options,
        maxItems: maxCalls,
        maxURLLength: maxUrlLength,
        fetch: fetchWith(true),
      })(runtime),
      single: httpLink<AnyRouter>(options)(runtime),
      posted: httpLink<AnyRouter>({ ...options, methodOverride: "POST" })(runtime),
      streamed: subscriptionLink(url, send, headers, timeout)(runtime),
    };
    return (call) => links[call.op.context["transport"] as Transport](call);
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
