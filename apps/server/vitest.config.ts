import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

export default mergeConfig(
  shared,
  // No file changes what another imports: each would load the SDK and the emulator anew.
  defineProject({ test: { name: "app-server", isolate: false } }),
);
