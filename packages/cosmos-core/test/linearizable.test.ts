import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLinearizable, type Step, type TimedStep } from "./linearizable.ts";

const never = Number.POSITIVE_INFINITY;
const read = (value: string | undefined): Step => ({ kind: "read", value });
const write = (value: string): Step => ({ kind: "write", value });
const swap = (expected: string | undefined, value: string, isDone = true): Step => ({
  kind: "swap",
  expected,
  value,
  isDone,
});
const at = (begin: number, end: number, step: Step): TimedStep => ({ begin, end, step });

describe("the checker accepts", () => {
  const histories: Readonly<Record<string, TimedStep[]>> = {
    "nothing at all": [],
    "a read of what was written before": [at(1, 2, write("a")), at(3, 4, read("a"))],
    "a read during a write that sees the old value": [at(1, 4, write("a")), at(2, 3, read(undefined))],
    "a read during a write that sees the new value": [at(1, 4, write("a")), at(2, 3, read("a"))],
    "two swaps of one value of which one is done": [
      at(1, 2, write("a")),
      at(3, 6, swap("a", "b")),
      at(4, 5, swap("a", "c", false)),
    ],
    "a write without an end that is seen much later": [
      at(1, never, write("a")),
      at(2, 3, read(undefined)),
      at(4, 5, read("a")),
    ],
    "a write without an end that never happens": [at(1, never, write("a")), at(2, 3, read(undefined))],
    "a swap without an end upon which another one fails": [
      at(1, 2, write("a")),
      at(3, never, swap("a", "b")),
      at(4, 5, swap("a", "c", false)),
    ],
  };
  test.each(Object.entries(histories))("%s", (_, history) => {
    expect(isLinearizable(history, undefined)).toBe(true);
  });
});

describe("the checker refuses", () => {
  const histories: Readonly<Record<string, TimedStep[]>> = {
    "a stale read": [at(1, 2, write("a")), at(3, 4, write("b")), at(5, 6, read("a"))],
    "a value that nobody wrote": [at(1, 2, write("a")), at(3, 4, read("b"))],
    "a write that is lost": [at(1, 2, write("a")), at(3, 4, read(undefined))],
    "two swaps of one value that are both done": [
      at(1, 2, write("a")),
      at(3, 6, swap("a", "b")),
      at(4, 5, swap("a", "c")),
    ],
    "a swap that fails although its value was there": [at(1, 2, write("a")), at(3, 4, swap("a", "b", false))],
    "a swap that is done before its value is there": [at(1, 2, swap("a", "b")), at(3, 4, write("a"))],
    "reads that see a write and then no more": [
      at(1, 9, write("b")),
      at(2, 3, read("b")),
      at(4, 5, read(undefined)),
    ],
    "a write without an end that is seen and then gone": [
      at(1, never, write("a")),
      at(2, 3, read("a")),
      at(4, 5, read(undefined)),
    ],
    "a write without an end that is seen before it began": [at(1, 2, read("a")), at(3, never, write("a"))],
  };
  test.each(Object.entries(histories))("%s", (_, history) => {
    expect(isLinearizable(history, undefined)).toBe(false);
  });
});

/** Steps on a register that is really there, in the order of their moments; each is stretched around its moment. */
const history = fc
  .array(
    fc.record({
      kind: fc.constantFrom("read" as const, "write" as const, "swap" as const),
      isRight: fc.boolean(),
      before: fc.nat({ max: 30 }),
      after: fc.nat({ max: 30 }),
      isUnknown: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((choices) => {
    let value: string | undefined;
    return choices.map(({ kind, isRight, before, after, isUnknown }, index): TimedStep => {
      const moment = index * 10;
      const seen = value;
      if (kind === "read") return at(moment - before, moment + after + 0.5, read(seen));
      const expected = isRight ? seen : "another";
      const isDone = kind === "write" || isRight;
      if (isDone) value = `v${index}`;
      const end = isUnknown && isDone ? never : moment + after + 0.5;
      const step = kind === "write" ? write(`v${index}`) : swap(expected, `v${index}`, isDone);
      return at(moment - before, end, step);
    });
  });

test("what a register really did is accepted, however the steps overlap", () => {
  fc.assert(fc.property(history, (steps) => isLinearizable(steps, undefined)));
});

test("and with a read added that sees what was overwritten before it began, it is refused", () => {
  const last = (steps: readonly TimedStep[]): number =>
    Math.max(0, ...steps.map(({ begin, end }) => (end === never ? begin : end)));
  fc.assert(
    fc.property(history, (steps) => {
      const end = last(steps);
      const stale = [at(end + 1, end + 2, write("old")), at(end + 3, end + 4, write("new"))];
      expect(isLinearizable([...steps, ...stale, at(end + 5, end + 6, read("new"))], undefined)).toBe(true);
      expect(isLinearizable([...steps, ...stale, at(end + 5, end + 6, read("old"))], undefined)).toBe(false);
    }),
  );
});
