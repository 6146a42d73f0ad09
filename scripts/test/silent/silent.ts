import { test } from "vitest";

test("blocks its process, in which no timer runs any more", () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
