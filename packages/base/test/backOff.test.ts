import fc from "fast-check";
import { expect, test } from "vitest";
import { backOff, jitteredBackOff } from "../src/index.ts";

const failures = fc.integer({ min: 1, max: 5_000 });
const waits = fc.record({
  first: fc.integer({ min: 1, max: 10_000 }),
  max: fc.integer({ min: 1, max: 100_000 }),
});

test("the first wait is the first, each further one twice as long, and none longer than the longest", () => {
  expect([1, 2, 3, 4].map((count) => backOff(count, { first: 100, max: 500 }))).toEqual([100, 200, 400, 500]);
  fc.assert(
    fc.property(failures, waits, (count, each) => {
      const [wait, next] = [backOff(count, each), backOff(count + 1, each)];
      expect(wait).toBeLessThanOrEqual(each.max);
      expect(next).toBe(Math.min(each.max, wait * 2));
    }),
  );
});

test("a random wait lies between none and that", () => {
  fc.assert(
    fc.property(failures, waits, (count, each) => {
      const wait = jitteredBackOff(count, each);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(backOff(count, each));
    }),
  );
  expect(
    new Set(Array.from({ length: 50 }, () => jitteredBackOff(9, { first: 1, max: 999 }))).size,
  ).toBeGreaterThan(1);
});
