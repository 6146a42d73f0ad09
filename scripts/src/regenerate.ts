import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "./processes.ts";

/**
 * Writes what is made from the router anew, and builds the command line with it. What goes wrong is written to standard
 * error; a line of JSON on standard output says that it is over. `dev` runs it at every change of the server.
 */
async function turbo(...args: string[]): Promise<boolean> {
  const child = spawn(join(root, "node_modules/.bin/turbo"), ["run", ...args, "--output-logs=errors-only"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("SIGTERM", () => child.kill());
  const [said, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  if (code !== 0) process.stderr.write(`${said}${complaint}`);
  return code === 0;
}

const isDone = (await turbo("generate")) && (await turbo("build", "--filter=./apps/cli"));
process.stdout.write(`${JSON.stringify({ isDone })}\n`);
