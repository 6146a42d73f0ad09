export type { CliOptions, EntityInputs, Key, WrittenItem } from "./options.ts";
export type { Io } from "./output.ts";
export { run } from "./program.ts";
export { runCli } from "./runCli.ts";
