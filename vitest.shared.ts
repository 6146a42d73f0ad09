import { defineConfig } from "vitest/config";

/** What every project's tests share: the workspace's sources instead of its builds, and no silent skips. */
export default defineConfig({
  ssr: { resolve: { conditions: ["@cosmos-trpc/source", "module", "node", "development|production"] } },
  test: {
    include: ["test/**/*.test.ts"],
    // Nothing here asserts a time: these only end what hangs, on the slowest machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    allowOnly: false,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
  },
});
