import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { useEmulator } from "./emulatorOfFile.ts";
import { startServer } from "./runningServer.ts";

const emulator = useEmulator();
const root = join(import.meta.dirname, "..");

/** The README's examples, each in the file that it names, in a folder from which the package is found by its name. */
function paste(): string {
  const folder = mkdtempSync(join(root, "test/readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const blocks = readFileSync(join(root, "README.md"), "utf8").matchAll(
    /^```ts file=(\S+)\n([\s\S]*?)^```$/gm,
  );
  for (const [, name = "", text = ""] of blocks) writeFileSync(join(folder, name), text);
  return folder;
}

test("every example of the README compiles", () => {
  const folder = paste();
  const options = { extends: "../../../../tsconfig.base.json", include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(root, "../../node_modules/typescript/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "--singleThreaded", "-p", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
  expect([run.stdout, run.status]).toEqual(["", 0]);
});

test("the first example runs as it stands", async () => {
  const args = ["--conditions=@cosmos-trpc/source", "main.ts"];
  const server = await startServer(emulator.env, { args, cwd: paste() });
  onTestFinished(async () => {
    await server.stop();
  });
  const hello = await fetch(`${server.url}/trpc/hello`, { headers: { "user-agent": "reader" } });
  expect(await hello.json()).toEqual({ result: { data: "Hello reader!" } });
  const body = '{"id":"1","author":"ada","text":"x"}';
  const written = await fetch(`${server.url}/api/cosmos/notes`, { method: "POST", body });
  expect([written.status, await written.json()]).toEqual([201, expect.objectContaining({ text: "x" })]);
  const notes = await fetch(`${server.url}/api/cosmos/notes?author=ada`);
  expect(await notes.json()).toMatchObject({ items: [{ id: "1" }] });
});
