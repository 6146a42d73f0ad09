import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: "cli",
      globalSetup: "test/globalSetup.ts",
      // No file changes what another imports: each would load the server, the emulator and the command anew.
      isolate: false,
    },
  }),
);
