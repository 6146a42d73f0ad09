import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventReader, type StreamEvent } from "../src/eventLines.ts";

/** What a reader of events heard: what has data, under the id that counts by then. */
interface Heard {
  readonly type: string;
  readonly data: string;
}

function ours(pieces: readonly string[]): Heard[] {
  const events: StreamEvent[] = [];
  const read = eventReader((event) => events.push(event));
  for (const piece of pieces) read(piece);
  return events.flatMap(({ type, data, id }) =>
    data === undefined ? [] : [{ type, data, id: id ?? "none" }],
  );
}

function theirs(pieces: readonly string[]): Heard[] {
  const events: Heard[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) =>
      events.push({ type: event || "message", data, id: id ?? "none" } as Heard),
  });
  for (const piece of pieces) parser.feed(piece);
  return events;
}

const value = fc.oneof(fc.string(), fc.constantFrom("", " ", "  x", ":", "a:b", "{}", "é", "\u2028"));
const line = fc
  .tuple(
    fc.constantFrom("data", "event", "id", "", "other", "data ", "toString"),
    fc.constantFrom(":", ": ", ""),
    value,
  )
  .map(([name, colon, text]) => `${name}${colon}${text.replaceAll(/[\r\n\0]/g, "")}`);
const stream = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: fc.constant("") }),
      fc.constantFrom("\n", "\r\n", "\r"),
    ),
  )
  .map((lines) => `${lines.flat().join("")}data: last\n\n`);

test("reads any stream, cut anywhere, as eventsource-parser does", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat({ max: 400 })), (text, cuts) => {
      const ends = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
      const pieces = [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
      expect(ours(pieces)).toEqual(theirs([text]));
    }),
    { numRuns: 2_000 },
  );
});

test("an event that was cut before its end never was", () => {
  expect(ours(["id: 1\ndata: a\n\n", "id: 2\ndata: b\n"])).toEqual([{ type: "message", data: "a", id: "1" }]);
});
