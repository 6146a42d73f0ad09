import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { programs, type Running, root, startEmulatorProcess, startServerProcess } from "./processes.ts";

/** What a command of the CLI did. */
interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

/** A step that did not go as the story says. */
class Surprise extends Error {}

const say = (line = ""): void => console.log(line);

/** An argument as a shell wants it. */
const quote = (argument: string): string =>
  /^[\w./:@-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** Runs the CLI as a user would, and shows what they would see. */
async function cosmosTrpc(
  url: string,
  args: readonly string[],
  expected: number,
  isShown = true,
): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(process.execPath, [programs.cli, ...args], {
    cwd: root,
    env: { ...process.env, COSMOS_TRPC_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  const elapsed = Math.round(performance.now() - started);
  if (isShown) {
    say(`$ cosmos-trpc ${args.map(quote).join(" ")}`);
    process.stdout.write(output + complaint);
    say(`(exit code ${code}, ${elapsed} ms with the start of the process)\n`);
  }
  if (code !== expected) {
    throw new Surprise(
      `\`cosmos-trpc ${args.join(" ")}\` ended with ${code} instead of ${expected}: ${complaint}`,
    );
  }
  return { code, output, complaint };
}

/** Starts the embedded Cosmos DB and the server on it. */
async function start(folder: string, running: Running<unknown>[]): Promise<string> {
  const emulator = await startEmulatorProcess(folder);
  running.push(emulator);
  const server = await startServerProcess(emulator.ready.env);
  running.push(server);
  say(`Cosmos DB is at ${emulator.ready.endpoint}, the server at ${server.ready}.\n`);
  return server.ready;
}

async function stop(running: Running<unknown>[]): Promise<void> {
  for (const program of running.splice(0).reverse()) {
    const code = await program.stop();
    if (code !== 0)
      throw new Surprise(`${program.process.spawnargs.join(" ")} ended with ${code} when it was stopped.`);
  }
}

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Surprise(`It should be that ${what}.`);
}

async function story(folder: string, running: Running<unknown>[]): Promise<void> {
  say(
    "An embedded Cosmos DB and a tRPC server on it; no key anywhere: the server signs in with a managed identity.",
  );
  say(
    "To type the commands yourself, in this folder and beside `npx -y pnpm@12 dev`: alias cosmos-trpc='npx -y pnpm@12 --silent cosmos-trpc'\n",
  );
  const first = { id: "ada", name: "Ada Lovelace", tags: ["author"], data: { born: 1815 } };
  const url = await start(folder, running);

  await cosmosTrpc(url, ["items", "upsert", JSON.stringify(first)], 0);
  await cosmosTrpc(url, ["items", "get", first.id], 0);
  const before = await cosmosTrpc(url, ["items", "get", first.id, "--json"], 0, false);
  const kept = JSON.parse(before.output) as { _etag: string; name: string };
  expect(kept.name === first.name, "the item comes back as it was written");

  const file = await cosmosTrpc(url, ["items", "import", "examples/items.ndjson"], 0);
  expect(/^\d{3,} items written/.test(file.complaint), "the whole file is written");

  say("Somebody else changes the item; a write over the version read before is refused:\n");
  const changed = JSON.stringify({ ...first, name: "Ada King" });
  await cosmosTrpc(url, ["items", "upsert", changed], 0);
  const stale = JSON.stringify({ ...first, name: "Augusta Ada" });
  const refused = await cosmosTrpc(url, ["items", "upsert", stale, "--if-match", kept._etag], 1);
  expect(refused.complaint.includes("has changed"), "a stale etag is refused for what it is");
  const missing = await cosmosTrpc(url, ["items", "get", "nobody"], 1);
  expect(missing.complaint.includes("no such item"), "a missing item is said to be missing");

  say("Everything is stopped, and started again on the same data folder:\n");
  await stop(running);
  const again = await start(folder, running);
  const { output } = await cosmosTrpc(again, ["items", "get", first.id], 0);
  expect(output.includes("Ada King"), "the item is there after the restart, as it was last written");
  await stop(running);
  say("All as it should be.");
}

const folder = mkdtempSync(join(tmpdir(), "cosmos-trpc-demo-"));
const running: Running<unknown>[] = [];
try {
  await story(folder, running);
} catch (error) {
  console.error(error instanceof Surprise ? `The demo failed. ${error.message}` : error);
  process.exitCode = 1;
} finally {
  await stop(running).catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}
