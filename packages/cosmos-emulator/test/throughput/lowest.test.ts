import { expect, it } from "vitest";
import { lowest } from "../../src/throughput/throughput.ts";

it.each([
  ["manual", 400, 400],
  ["manual", 40_000, 400],
  ["manual", 60_000, 600],
  ["manual", 60_100, 700],
  ["autoscale", 1000, 1000],
  ["autoscale", 10_000, 1000],
  ["autoscale", 11_000, 2000],
] as const)("lowers %s throughput that was %d to %d at least", (kind, highest, expected) => {
  expect(lowest(kind, highest)).toBe(expected);
});
