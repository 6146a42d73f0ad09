export type { CliOptions, EntityInputs, Key, WrittenItem } from "./options.ts";
export { run } from "./program.ts";
export { runCli } from "./runCli.ts";
export type { Io } from "./session.ts";
