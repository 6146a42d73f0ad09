import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: "cosmos-emulator",
      globalSetup: "test/buildCommand.ts",
      // Every file closes what it opens: one process for all of them loads the SDK and the emulator once.
      isolate: false,
    },
  }),
);
