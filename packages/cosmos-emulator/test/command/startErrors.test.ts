import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { StartError, startEmulator } from "../../src/index.ts";
import { startCommand, startEmulatorProcess, temporaryFolder } from "../childProcess.ts";
import { fillFolder } from "./fillFolder.ts";

/** Runs the command to its end, which has to be a refusal in one sentence on stderr. */
async function refused(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startCommand(...args).exit;
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^[^\n]+\.?\n$/);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(1);
  return stderr;
}

async function takenPort(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

it("says that its port is in use", async () => {
  const port = await takenPort();
  const said = await refused("--port", port, "--data-dir", temporaryFolder());
  expect(said).toContain(`Port ${port} is in use`);
  expect(said).toContain("--port");
});

it("says that the identity port is in use", async () => {
  const port = await takenPort();
  const said = await refused("--port", "0", "--identity-port", port, "--data-dir", temporaryFolder());
  expect(said).toContain(`Port ${port} is in use`);
  expect(said).toContain("--identity-port");
});

it("says that the data folder cannot be made", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  for (const folder of [file, join(file, "below")]) {
    const said = await refused("--port", "0", "--data-dir", folder);
    expect(said).toContain(folder);
    expect(said).toContain("--data-dir");
  }
});

it.each(["cosmos.db", "signing-key.json", "certificates"])(
  "says so when something else stands where %s is to be",
  async (name) => {
    const folder = temporaryFolder();
    if (name === "certificates") writeFileSync(join(folder, name), "");
    else mkdirSync(join(folder, name));
    expect(await refused("--port", "0", "--data-dir", folder)).toContain(join(folder, name));
  },
);

it("says that another emulator has the folder, and starts when that one is gone", async () => {
  const folder = temporaryFolder();
  const first = await startEmulatorProcess(folder);
  const said = await refused("--port", "0", "--data-dir", folder);
  expect(said).toContain("in use by another emulator");
  await expect(startEmulator({ dataDir: folder })).rejects.toThrow(StartError);
  first.child.kill("SIGTERM");
  await first.exit;
  const second = await startEmulatorProcess(folder);
  second.child.kill("SIGTERM");
  expect((await second.exit).code).toBe(0);
});

it("refuses a second emulator on the folder in the same process", async () => {
  const folder = temporaryFolder();
  const first = await startEmulator({ dataDir: folder });
  await expect(startEmulator({ dataDir: folder })).rejects.toThrow("in use by another emulator");
  await first.close();
  await (await startEmulator({ dataDir: folder })).close();
});

it("says that the database file is damaged: its header, its end, its middle", async () => {
  const folder = temporaryFolder();
  await fillFolder(folder, 400);
  const whole = readFileSync(join(folder, "cosmos.db"));
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ["a header of garbage", (bytes) => bytes.fill(0xa5, 0, 100)],
    ["a file of text", () => Buffer.from("This is no database, however long it may be. ".repeat(100))],
    ["a short file of text", () => Buffer.from("no database")],
    ["the first half", (bytes) => bytes.subarray(0, bytes.length / 2)],
    ["the first page", (bytes) => bytes.subarray(0, 4096)],
    ["garbage in the second page", (bytes) => bytes.fill(0xa5, 4096, 8192)],
    ["garbage in the middle pages", (bytes) => bytes.fill(0xa5, bytes.length / 4, (bytes.length / 4) * 3)],
  ];
  for (const [damage, apply] of damages) {
    const damaged = temporaryFolder();
    writeFileSync(join(damaged, "cosmos.db"), apply(Buffer.from(whole)));
    const started = startEmulator({ dataDir: damaged }).then((emulator) => emulator.close());
    await expect(started, damage).rejects.toThrow(StartError);
    await expect(started, damage).rejects.toThrow(/cosmos\.db is damaged/);
  }
  const damaged = temporaryFolder();
  copyFileSync(join(folder, "cosmos.db"), join(damaged, "cosmos.db"));
  truncateSync(join(damaged, "cosmos.db"), 20_000);
  expect(await refused("--port", "0", "--data-dir", damaged)).toContain("is damaged");
});

it("says that the database file is of another layout", async () => {
  const folder = temporaryFolder();
  await fillFolder(folder, 1);
  const database = new DatabaseSync(join(folder, "cosmos.db"));
  database.exec("UPDATE meta SET value = '0' WHERE name = 'layout'");
  database.close();
  expect(await refused("--port", "0", "--data-dir", folder)).toContain("layout 0");
});

it.each([
  ["an unknown option", ["--bogus"]],
  ["a port of letters", ["--port", "abc"]],
  ["an empty port", ["--port", ""]],
  ["a port too high", ["--port", "65536"]],
  ["a port below 0", ["--port", "-1"]],
  ["a fraction of a port", ["--identity-port", "1.5"]],
  ["an option without its value", ["--data-dir"]],
  ["a word too many", ["start"]],
])("refuses %s", async (_, args) => {
  expect(await refused(...args)).toMatch(/^error: /);
});

it("explains itself", async () => {
  const { code, stdout, stderr } = await startCommand("--help").exit;
  expect([code, stderr]).toEqual([0, ""]);
  for (const option of ["--port", "--identity-port", "--data-dir", "--json"])
    expect(stdout).toContain(option);
});
