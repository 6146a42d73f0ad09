import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isOpen, runServer, startServer } from "../../../packages/server/test/runningServer.ts";

const dist = join(import.meta.dirname, "../dist");

let emulator: Emulator;
/** The bundle alone: no package.json above it, nothing installed. */
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "server-bundle-"));
  // As the build has it, which comes before the tests.
  cpSync(dist, folder, { recursive: true });
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const program = () => ({ args: ["server.js"], cwd: folder });

test("it is one file, with its source map, the licences of what is in it, and the documentation's viewer", () => {
  expect(readdirSync(folder).sort()).toEqual(["docs", "server.js", "server.js.map", "server.licenses.txt"]);
  expect(readdirSync(join(folder, "docs")).sort()).toEqual([
    "LICENSE",
    "NOTICE",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
  ]);
  const { sources } = JSON.parse(readFileSync(join(folder, "server.js.map"), "utf8")) as {
    sources: string[];
  };
  expect(sources.map((source) => join(dist, source))).toContain(join(dist, "../src/main.ts"));
  const notices = readFileSync(join(folder, "server.licenses.txt"), "utf8");
  for (const name of ["@azure/cosmos", "@azure/identity", "@trpc/server", "pino", "zod"])
    expect(notices).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)\\n\\n[^]{200}`, "m"));
});

test("it imports nothing but Node's own modules, and tRPC's helpers for old engines are gone from it", () => {
  const code = readFileSync(join(folder, "server.js"), "utf8");
  const imported = [...code.matchAll(/^(?:import|export)\b[^;"]*"([^"]+)";$/gm)].map(
    ([, name]) => name ?? "",
  );
  expect(imported).toContain("node:http");
  expect(imported.filter((name) => !isBuiltin(name))).toEqual([]);
  const required = [...code.matchAll(/\b__require\("([^"]+)"\)/g)].map(([, name]) => name ?? "");
  expect(required.filter((name) => !isBuiltin(name))).toEqual([]);
  expect(code).not.toContain("_objectSpread2(");
});

test("it serves from a folder with nothing installed", async () => {
  const server = await startServer(emulator.env, program());
  onTestFinished(async () => {
    await server.stop("SIGKILL");
  });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.logged(isOpen);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const body = JSON.stringify({ id: "bundled" });
  const headers = { "content-type": "application/json" };
  const written = await fetch(`${server.url}/trpc/items.upsert`, { method: "POST", body, headers });
  expect(await written.json()).toMatchObject({ result: { data: { id: "bundled" } } });
  const input = encodeURIComponent(body);
  const read = await fetch(`${server.url}/trpc/items.get?input=${input}`);
  expect(await read.json()).toMatchObject({ result: { data: { id: "bundled" } } });
  for (const path of ["/openapi.json", "/docs", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"])
    expect((await fetch(server.url + path)).status).toBe(200);
  expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
});

test("its stacks name the sources", async () => {
  const server = await startServer({ ...emulator.env, COSMOS_ENDPOINT: "https://localhost:1" }, program());
  onTestFinished(async () => {
    await server.stop("SIGKILL");
  });
  const { err } = await server.logged(({ reason }) => reason === "unavailable");
  const { stack } = err as { stack: string };
  expect(stack).toMatch(/packages\/cosmos-core\/src\/[\w/]+\.ts:\d+:\d+/);
  expect(stack).toMatch(/packages\/server\/src\/run\/database\.ts:\d+:\d+/);
  expect(stack).not.toContain("server.js");
});

test("without its map it works all the same, and its stacks name the bundle", async () => {
  const alone = mkdtempSync(join(tmpdir(), "server-bundle-"));
  onTestFinished(() => rmSync(alone, { recursive: true, force: true }));
  copyFileSync(join(folder, "server.js"), join(alone, "server.mjs"));
  const env = { ...emulator.env, COSMOS_ENDPOINT: "https://localhost:1" };
  const server = await startServer(env, { args: ["server.mjs"], cwd: alone });
  onTestFinished(async () => {
    await server.stop("SIGKILL");
  });
  const { err } = await server.logged(({ reason }) => reason === "unavailable");
  expect((err as { stack: string }).stack).toMatch(/server\.mjs:\d+:\d+/);
  // Without the viewer's files there is no page to see, and the rest is served.
  expect((await fetch(`${server.url}/docs/swagger-ui.css`)).status).toBe(500);
  expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200);
});

test("a wrong environment ends it with one message", async () => {
  const ended = await runServer({}, program());
  expect([ended.code, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr).toContain("COSMOS_ENDPOINT is missing");
  expect(ended.stderr).not.toContain("    at ");
});

test("on a Node that is too old it says which it needs", () => {
  // What the machine has outside of the workspace, where that is one.
  const old = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((path) => !path.includes("node_modules"))
    .map((path) => join(path, "node"))
    .find((path) => existsSync(path));
  const run = (node: string, args: readonly string[]) =>
    spawnSync(node, args, { cwd: folder, encoding: "utf8", env: {} });
  const version = old === undefined ? "24" : run(old, ["--version"]).stdout.slice(1).trim();
  if (old !== undefined && Number.parseInt(version, 10) < 22) {
    expect(run(old, ["server.js"])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `This server needs Node 22.18 or later, and this is Node ${version}.\n`,
    });
  }
  // The same with a Node that only says that it is old: the first lines come before all else.
  const pretence = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.17.1" } });`;
  writeFileSync(join(folder, "pretend.cjs"), pretence);
  onTestFinished(() => rmSync(join(folder, "pretend.cjs")));
  expect(run(process.execPath, ["--require=./pretend.cjs", "server.js"])).toMatchObject({
    status: 1,
    stdout: "",
    stderr: "This server needs Node 22.18 or later, and this is Node 22.17.1.\n",
  });
});
