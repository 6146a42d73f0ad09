import { expect, test } from "vitest";

test("runs beside it", () => {
  expect(1).toBe(1);
});
