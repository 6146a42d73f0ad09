import { runCli } from "../../src/index.ts";
import { example } from "./cli.ts";

await runCli(example);
