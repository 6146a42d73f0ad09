import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: "server",
      globalSetup: "test/buildPrograms.ts",
      // No file changes what another imports: each would load the SDK, the emulator and the server anew.
      isolate: false,
    },
  }),
);
