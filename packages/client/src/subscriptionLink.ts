import { httpSubscriptionLink, type TRPCLink } from "@trpc/client";
import type { AppRouter } from "./generated/router.d.ts";
import { type Fetch, foreign, openAnswer, readJson, refusal } from "./openAnswer.ts";
import { type Connect, ResumingEventSource } from "./resumingEventSource.ts";
import type { Authorize } from "./token.ts";
import { within } from "./within.ts";

/** Runs subscriptions over server-sent events. Each connection has a fresh token in its header. */
export function subscriptionLink(
  url: string,
  send: Fetch,
  authorize: Authorize,
  timeout: number,
): TRPCLink<AppRouter> {
  const connect: Connect = async (target, signal) => {
    const headers = { accept: "text/event-stream", ...(await authorize()) };
    const response = await within(timeout, "The stream", () => openAnswer(send, target, { headers, signal }));
    const { ok, body } = response;
    if (ok && body && /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) return body;
    const { error } = await readJson(response, url);
    throw error ? refusal(error, { response }) : foreign(response, url);
  };
  return httpSubscriptionLink<AppRouter, typeof EventSource>({
    url,
    // It has what tRPC uses of one.
    EventSource: ResumingEventSource as never,
    eventSourceOptions: { connect } as object,
  });
}
