import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { createClient } from "./example/cli.ts";
import { type RunningCli, runCli, startCli, useServer } from "./runningCli.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

const { url } = useServer();
const patiently = { timeout: 200_000, interval: 5 };

/** A watch, and what it has shown so far. */
function watching(...args: string[]): RunningCli & { readonly shown: () => Record<string, unknown>[] } {
  const running = startCli(["items", "watch", "--url", url(), ...args]);
  let text = "";
  running.child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { ...running, shown: () => jsonLines(text.replace(/[^\n]*$/, "")) };
}

test("shows what was written from the beginning on, of its partition key only, and goes on with the cursor that it tells", async () => {
  const { items } = createClient({ url: url() });
  await items.upsert.mutate({ id: "a", pk: "shelf" });
  await items.upsert.mutate({ id: "other" });
  const first = watching("--since", "beginning", "--pk", "shelf");
  await vi.waitUntil(() => first.shown().length === 1, patiently);
  await items.upsert.mutate({ id: "b", pk: "shelf" });
  await vi.waitUntil(() => first.shown().length === 2, patiently);
  first.child.kill("SIGINT");
  const end = await first.ended;
  expect(end.code).toBe(130);
  const [, cursor = ""] = /^cosmos-trpc: Stopped\. It goes on with --since (\S+)\n$/.exec(end.stderr) ?? [];

  await items.upsert.mutate({ id: "c", pk: "shelf" });
  const second = watching("--since", cursor, "--pk", "shelf");
  await vi.waitUntil(() => second.shown().length === 1, patiently);
  second.child.kill("SIGTERM");
  expect((await second.ended).code).toBe(143);
  expect([...first.shown(), ...second.shown()].map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("shows more than it holds at once, and misses nothing", async () => {
  const { items } = createClient({ url: url() });
  const path = testFolder()("cursor");
  const running = watching("--since", "beginning", "--pk", "many", "--cursor-file", path);
  const ids = Array.from({ length: 4_000 }, (_, n) => `many ${n}`);
  for (let from = 0; from < ids.length; from += 1_000) {
    const group = ids.slice(from, from + 1_000).map((id) => ({ id, pk: "many" }));
    expect((await items.bulk.mutate({ items: group })).every(({ ok }) => ok)).toBe(true);
  }
  await vi.waitUntil(() => running.shown().length >= ids.length, patiently);
  running.child.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  expect(new Set(running.shown().map(({ id }) => id))).toEqual(new Set(ids));
  expect(readFileSync(path, "utf8")).toMatch(/^\S+\n$/);
});

test.each([
  ["no word", "yesterday", "--since takes beginning, now, a time"],
  ["no time", "2026-13-45", "since"],
  ["too long for a cursor", "a".repeat(20_000), "is longer than 16384 characters"],
  ["too long for a request", "a".repeat(70_000), "The request is longer than"],
])("--since that is %s is refused", async (_name, since, words) => {
  const run = await runCli(["items", "watch", "--since", since, "--url", url()]);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toContain(words);
  expect(run.stderr).toMatch(/^cosmos-trpc: .*\.\n$/);
});

test("without a server it ends at once", async () => {
  const run = await runCli(["items", "watch", "--url", "http://127.0.0.1:1"]);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toMatch(/^cosmos-trpc: No server answers at http:\/\/127\.0\.0\.1:1 .*--url.*\.\n$/);
});
