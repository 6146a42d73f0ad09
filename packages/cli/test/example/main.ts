import { readFileSync } from "node:fs";
import type { Manifest } from "@cosmos-trpc/base";
import { runCli } from "../../src/index.ts";
import { exampleOf } from "./cli.ts";

// As an application's command does, it has the manifest as data, and loads nothing of the server.
const manifest = JSON.parse(readFileSync(process.env["EXAMPLE_MANIFEST"] ?? "", "utf8")) as Manifest;

await runCli(exampleOf(manifest));
