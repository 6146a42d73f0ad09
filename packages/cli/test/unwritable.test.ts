import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { beforeAll, expect, test, vi } from "vitest";
import { createClient } from "./example/cli.ts";
import { programs, startCli, surroundings, useServer } from "./runningCli.ts";
import { testFolder } from "./testFolder.ts";

const { url } = useServer();

beforeAll(async () => {
  await createClient({ url: url() }).items.bulk.mutate({ items: [{ id: "ada" }, { id: "bob" }] });
});

/** Runs the CLI with a standard output into which nothing can be written, as on a full disk. */
async function runUnwritable(path: string, args: readonly string[]) {
  const file = openSync(path, "r");
  const child = spawn(process.execPath, [programs.cli, ...args], {
    env: { ...surroundings(), COSMOS_TRPC_URL: url() },
    stdio: ["ignore", file, "pipe"],
  });
  const [stderr, [code]] = await Promise.all([
    text(child.stderr as NonNullable<typeof child.stderr>),
    once(child, "close") as Promise<[number | null]>,
  ]);
  closeSync(file);
  return { code, stderr };
}

test.each([
  ["get", "ada"],
  ["get", "ada", "bob", "--json"],
  ["list", "--json"],
  ["export"],
  ["upsert", '{"id":"cem"}', "--json"],
  ["watch", "--since", "beginning"],
  ["--help"],
])("items %s whose output cannot be written ends with a sentence", async (...args) => {
  const path = testFolder()("full", "");
  const { code, stderr } = await runUnwritable(path, ["items", ...args]);
  expect(code).toBe(1);
  const said = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("charge "));
  expect(said).toEqual([expect.stringMatching(/^cosmos-trpc: The output cannot be written: .*EBADF.*\.$/)]);
});

test("what a watch could not write comes again", async () => {
  const place = testFolder();
  const kept = place("watch.cursor");
  const args = ["items", "watch", "--since", "beginning", "--cursor-file", kept];
  expect((await runUnwritable(place("full", ""), args)).code).toBe(1);
  const again = startCli([...args, "--url", url()]);
  let shown = "";
  again.child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  await vi.waitUntil(() => /"ada".*\n.*"bob"|"bob".*\n.*"ada"/.test(shown), { timeout: 60_000, interval: 5 });
  again.child.kill("SIGINT");
  expect((await again.ended).code).toBe(130);
  expect(existsSync(kept)).toBe(true);
});

test("a header that names no field is refused, and nothing is there to go on with", async () => {
  const place = testFolder();
  const path = place("people.csv", "id,colour\na,red\n");
  const run = await startCli(["items", "import", path, "--url", url()]).ended;
  expect(run.code).toBe(2);
  expect(run.stderr).toContain("The column 'colour' is no field of an item.");
  expect(run.stderr).not.toContain("goes on");
  expect(existsSync(`${path}.checkpoint`)).toBe(false);
});
