export { type Emulator, type EmulatorOptions, startEmulator } from "./startEmulator.ts";
export { StartError } from "./startError.ts";
