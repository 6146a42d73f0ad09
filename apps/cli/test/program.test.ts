import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { manifest } from "@app/client/manifest";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll, expect, test } from "vitest";

const app = join(import.meta.dirname, "..");
const onSources = "--conditions=@cosmos-trpc/source";

/** The variables of this process without any that configure our programs. */
const surroundings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(COSMOS_|AZURE_|IDENTITY_|PORT$|HOST$)/.test(name)),
);

let emulator: Emulator;
let url = "";
let stop = async (): Promise<void> => undefined;

beforeAll(async () => {
  emulator = await startEmulator();
  const child = spawn(process.execPath, [onSources, join(app, "../server/src/main.ts")], {
    env: { ...surroundings, ...emulator.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  stop = async () => {
    child.kill();
    await closed;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
    if (msg === "listening") url = `http://127.0.0.1:${port}`;
    if (msg === "container open") break;
  }
  child.stdout.resume();
});

afterAll(async () => {
  await stop();
  await emulator.close();
});

/** Runs the command from its sources, as a user does. */
async function cosmosTrpc(...args: string[]) {
  const child = spawn(process.execPath, [onSources, join(app, "src/main.ts"), ...args], {
    env: { ...surroundings, COSMOS_TRPC_URL: url },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, stdout, stderr };
}

test("--version is this package's", async () => {
  const { version } = JSON.parse(readFileSync(join(app, "package.json"), "utf8")) as { version: string };
  expect(await cosmosTrpc("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("items are written and read through the functions that the compiler holds against the router", async () => {
  const item = { id: "ada", pk: "poets", name: "Ada", tags: ["a"], data: { born: 1815 }, ttl: 60 };
  const written = await cosmosTrpc("items", "upsert", JSON.stringify(item), "--json");
  expect(written).toMatchObject({ code: 0, stderr: "" });
  const stored = JSON.parse(written.stdout) as { _etag: string };
  expect(stored).toMatchObject(item);
  const found = await cosmosTrpc("items", "get", "ada", "--pk", "poets", "--json");
  expect(found).toMatchObject({ code: 0, stdout: written.stdout });
  const over = await cosmosTrpc(
    "items",
    "upsert",
    JSON.stringify(item),
    "--if-match",
    stored._etag,
    "--json",
  );
  expect(over.code).toBe(0);
  const stale = await cosmosTrpc("items", "upsert", JSON.stringify(item), "--if-match", stored._etag);
  expect(stale).toMatchObject({ code: 1, stdout: "" });
  expect(stale.stderr).toContain("has changed");
  const unknown = await cosmosTrpc("items", "upsert", '{"id":"a","colour":"red"}');
  expect(unknown.stderr).toContain("colour");
  // What the service keeps is sent back, and taken.
  expect((await cosmosTrpc("items", "upsert", written.stdout)).code).toBe(0);
});

test("every entity and own procedure of the server is a command", async () => {
  const run = await cosmosTrpc("--help");
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const names = new Set(Object.keys(manifest.procedures).map((path) => path.split(".")[0]));
  expect(names).toContain("items");
  for (const name of names) expect(run.stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
});
