import { expect, test } from "vitest";
import { pause } from "../src/index.ts";

test("a pause ends with the signal's reason", async () => {
  const controller = new AbortController();
  const paused = pause(1_000_000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(paused).rejects.toThrow("enough");
  await expect(pause(1_000_000, controller.signal)).rejects.toThrow("enough");
  await pause(0);
  await pause(0, new AbortController().signal);
});
