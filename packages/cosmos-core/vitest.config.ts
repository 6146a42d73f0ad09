import { defineProject, mergeConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// Every file closes what it opens: one process for several of them loads the SDK and the emulator once.
export default mergeConfig(shared, defineProject({ test: { name: "cosmos-core", isolate: false } }));
