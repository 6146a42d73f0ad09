import { httpSubscriptionLink, type TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { type Fetch, isOf, openAnswer, refuse } from "./openAnswer.ts";
import { type Connect, ResumingEventSource } from "./resumingEventSource.ts";
import type { Authorize } from "./token.ts";
import { within } from "./within.ts";

/** Runs subscriptions over server-sent events. Each connection has a fresh token in its header. */
export function subscriptionLink(
  url: string,
  send: Fetch,
  authorize: Authorize,
  timeout: number,
): TRPCLink<AnyRouter> {
  const connect: Connect = (target, signal) =>
    within(timeout, "The stream", async () => {
      const accept = "text/event-stream";
      const headers = { accept, ...(await authorize()) };
      const response = await openAnswer(send, target, { headers, signal });
      const { ok, body } = response;
      if (!ok || !body || !isOf(response, accept)) return refuse(response, url);
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      // The server says at once that it is there: only then is the stream open.
      return [reader, await reader.read()];
    });
  return (runtime) => (call) =>
    httpSubscriptionLink<AnyRouter, typeof EventSource>({
      url,
      // It has what tRPC uses of one.
      EventSource: ResumingEventSource as never,
      // One object for each subscription: its EventSources share what they know.
      eventSourceOptions: { connect } as object,
    })(runtime)(call);
}
