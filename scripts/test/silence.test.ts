import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/processes.ts";

/** Runs a program of Node to its end. */
function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  return { status, stdout, stderr };
}

test("a test file that no longer moves is ended and named, and the others run", () => {
  const { status, stdout, stderr } = run(
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", join(import.meta.dirname, "silent")],
    { TEST_SILENCE_MS: "15000" },
  );
  expect(stderr).toMatch(/silent\.ts no longer moves: nothing was heard of it for 15 s\./);
  expect(stdout).toMatch(/fine\.ts/);
  expect(status).toBe(1);
});

const whileItMoves = (seconds: number, program: string) =>
  run([join(root, ".ci/whileItMoves.mjs"), String(seconds), process.execPath, "-e", program]);

test("a command that moves is let be, with its output and its exit code", () => {
  expect(whileItMoves(600, 'console.log("out"); console.error("err"); process.exitCode = 3;')).toEqual({
    status: 3,
    stdout: "out\n",
    stderr: "err\n",
  });
});

test("a command that writes nothing any more is ended with all that it started", () => {
  // Each waits for the other's output to end, which it does when both have ended.
  const program = `
    require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6) // the child"], {
      stdio: "inherit",
    }).unref();
    console.log("begun");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  `;
  const { status, stdout, stderr } = whileItMoves(10, program);
  expect(stdout).toBe("begun\n");
  expect(stderr).toMatch(
    /^Ended, since nothing was written for 10 s: .*What was running:\n.* \/\/ the child\n/s,
  );
  expect(status).toBe(1);
});
