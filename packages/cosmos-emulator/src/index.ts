export type { PartitionSplit, SplitRequest } from "./splitPartition.ts";
export { type Emulator, type EmulatorOptions, startEmulator } from "./startEmulator.ts";
export { StartError } from "./startError.ts";
