import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// All files in one process: it loads the compiler once, and once parses and compiles what they have in common.
export default mergeConfig(
  shared,
  defineProject({ test: { name: "trpc-typegen", isolate: false, fileParallelism: false } }),
);
