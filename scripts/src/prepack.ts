import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { root } from "./processes.ts";

/**
 * Builds the package in whose folder it runs, and what that is built from: npm and pnpm call it before they pack, so
 * that no package is packed without its build or with an old one. What the build says goes to standard error, since
 * standard output is the packer's.
 */
const { name } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
const build = ["exec", "turbo", "run", "build", `--filter=${name}`, "--output-logs=errors-only"];
const { status } = spawnSync("npx", ["-y", "pnpm@12", ...build], { cwd: root, stdio: ["ignore", 2, 2] });
if (status !== 0) process.stderr.write(`${name} is not packed: it does not build.\n`);
process.exitCode = status ?? 1;
