import type { Operation } from "@trpc/client";

/** How a call is sent: with others, by itself, by itself and by POST, whatever it is, or as a stream. */
export type Transport = "batched" | "single" | "posted" | "streamed";

/**
 * Characters of JSON that a call's input may have, in a URL as it is escaped there, to go in a batch or a URL. With the
 * number of calls in a batch it keeps a body under the 4 MiB that the server takes.
 */
const maxInputLength: Record<string, number> = { query: 1_500, mutation: 65_536 };

/**
 * Tells calls when to leave and how: those of the same turn of the event loop at its end and together, long ones at once
 * and by POST, and those whose caller says so at once and alone.
 *
 * @returns takes a call, and what is to be told how. @throws TypeError when JSON cannot carry its input
 */
export function createTurns(): (call: Operation, leave: (transport: Transport) => void) => void {
  const turns: Record<string, ((transport: Transport) => void)[] | undefined> = {};
  return ({ type, input, context }, leave) => {
    const text = JSON.stringify(input) ?? "";
    if ((type === "query" ? encodeURIComponent(text) : text).length > (maxInputLength[type] as number))
      leave("posted");
    else if (type === "subscription") leave("streamed");
    else if (context["skipBatch"]) leave("single");
    else {
      turns[type] ??= [];
      const turn = turns[type];
      if (turn.push(leave) > 1) return;
      setTimeout(() => {
        turns[type] = undefined;
        for (const each of turn) each(turn.length > 1 ? "batched" : "single");
      });
    }
  };
}
