import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { watchedForks } from "./scripts/src/watchedForks.ts";

// Every test file runs in a process of its own, and many tests start programs from their sources: Node keeps for the
// next process what it has compiled for one, which halves what a short one takes.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/node-compile");

/** What every project's tests share: the workspace's sources instead of its builds, and no silent skips. */
export default defineConfig({
  ssr: { resolve: { conditions: ["@cosmos-trpc/source", "module", "node", "development|production"] } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    // Nothing here asserts a time: these only end what hangs, on the slowest machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: watchedForks(Number(process.env["TEST_SILENCE_MS"] ?? 360_000)),
    allowOnly: false,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
  },
});
