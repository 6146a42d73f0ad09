import fc from "fast-check";
import { expect, test } from "vitest";
import { backoff, pause } from "../src/index.ts";

test("the limit of a wait doubles with each failure, up to the longest", () => {
  const limits = { first: 100, longest: 1_500 };
  const longest = [1, 2, 3, 4, 5, 6, 5_000].map((attempt) => backoff(attempt, limits, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1_500, 1_500, 1_500]);
  expect(backoff(3, limits, () => 0)).toBe(0);
  fc.assert(
    fc.property(fc.nat(), (attempt) => {
      const wait = backoff(attempt + 1, limits);
      expect(wait >= 0 && wait <= limits.longest).toBe(true);
    }),
  );
});

test("a pause ends with the signal's reason", async () => {
  const controller = new AbortController();
  const paused = pause(1_000_000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(paused).rejects.toThrow("enough");
  await expect(pause(1_000_000, controller.signal)).rejects.toThrow("enough");
  await pause(0);
  await pause(0, new AbortController().signal);
});
