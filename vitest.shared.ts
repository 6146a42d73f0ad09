import { defineConfig } from "vitest/config";

/** What every project's tests share: the workspace's sources instead of its builds, and no silent skips. */
export default defineConfig({
  ssr: { resolve: { conditions: ["@cosmos-trpc/source", "module", "node", "development|production"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
  },
});
