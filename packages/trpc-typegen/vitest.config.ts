import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// These tests run compilers over whole libraries, which takes a busy machine a minute.
export default mergeConfig(
  shared,
  defineProject({ test: { name: "trpc-typegen", testTimeout: 300_000, hookTimeout: 300_000 } }),
);
