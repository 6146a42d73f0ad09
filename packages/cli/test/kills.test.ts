import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import type { FaultOptions } from "@cosmos-trpc/cosmos-emulator";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createClient } from "./example/cli.ts";
import { type RunningCli, startCli } from "./runningCli.ts";
import { useStack } from "./runningStack.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

/** Enough that work is under way for a while. */
const itemCount = 2_000;
const padding = "x".repeat(500);

const idOf = (n: number, group = "item"): string => `${group}-${String(n).padStart(5, "0")}`;

/** Each hundredth line is broken. */
const isBroken = (n: number): boolean => n % 100 === 50;
const brokenLines = Array.from({ length: itemCount }, (_, n) => n + 1).filter((line) => isBroken(line - 1));

let groups = 0;

/** Lines of items that no other test has, and the ids of those that are whole. */
function newItems() {
  groups += 1;
  const group = `group${groups}`;
  const numbers = Array.from({ length: itemCount }, (_, n) => n);
  const id = (n: number): string => idOf(n, group);
  return {
    group,
    lines: numbers.map((n) =>
      isBroken(n) ? `{"id":"${id(n)}"` : JSON.stringify({ id: id(n), data: { n, padding } }),
    ),
    ids: numbers.filter((n) => !isBroken(n)).map(id),
  };
}

/** What goes wrong all the time between the server and its database: throttling, connections cut, answers late. */
const mixOf = (operation: string): readonly FaultOptions[] => [
  { operation, status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "5" }, count: 2 },
  { operation, drop: "before" },
  { operation, delayMs: 30 },
  { operation, drop: "after" },
  { operation, truncate: true },
];

/** Kills of what is behind the CLI, when all else is well, and with faults on. */
const kills = [
  ["server", "when all else is well"],
  ["emulator", "when all else is well"],
  ["server", "with faults on"],
  ["emulator", "with faults on"],
] as const;

const areOn = (circumstances: string): boolean => circumstances === "with faults on";

const patiently = { timeout: 200_000, interval: 5 };

/** Waits until a checkpoint says that some work is done. */
const untilUnderWay = (checkpoint: string, running: RunningCli): Promise<unknown> =>
  vi.waitUntil(() => {
    if (running.child.exitCode !== null) throw new Error("It was done before it could be cut.");
    return existsSync(checkpoint);
  }, patiently);

/** The ids of a group that are stored. */
async function storedIds(url: string, group: string): Promise<string[]> {
  const client = createClient({ url });
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const where = { id: { startsWith: `${group}-` } };
    const page = await client.items.list.query({
      where,
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
    if (cursor === undefined) return found.sort();
  }
}

const stack = useStack();

// First, since it begins at the beginning: what others have written would be shown too.
describe("items watch", () => {
  test.each(["when all else is well", "with faults on"])(
    "over kills of itself, the server and the emulator shows each change at least once, in order, %s",
    async (circumstances) => {
      const id = `watched ${circumstances}`;
      const befallen = await stack.disturb(areOn(circumstances) ? mixOf("readChangeFeed") : []);
      const client = createClient({ url: stack.url });
      const cursorFile = testFolder()("cursor");
      const args = [
        "items",
        "watch",
        "--url",
        stack.url,
        "--since",
        "beginning",
        "--cursor-file",
        cursorFile,
        "--json",
      ];
      let shown = "";
      let round = 0;
      const watching = (): RunningCli => {
        const running = startCli(args);
        running.child.stdout.on("data", (chunk: Buffer) => {
          shown += chunk.toString();
        });
        return running;
      };
      const write = async (): Promise<void> => {
        round += 1;
        await client.items.upsert.mutate({ id, data: { round } });
      };
      const rounds = () =>
        jsonLines(shown.replace(/[^\n]*$/, ""))
          .filter((item) => item["id"] === id)
          .map(({ data }) => (data as { round: number }).round);
      const seen = () => new Set(rounds());

      let running = watching();
      await write();
      await vi.waitUntil(() => seen().has(1), patiently);
      for (const what of ["server", "emulator"] as const) {
        await stack.kill(what);
        await stack.start(what);
        await vi.waitUntil(
          () =>
            write().then(
              () => true,
              () => false,
            ),
          patiently,
        );
        const last = round;
        await vi.waitUntil(() => seen().has(last), patiently);
      }
      running.child.kill("SIGKILL");
      await running.ended;
      await write();
      const unseen = round;
      running = watching();
      await vi.waitUntil(() => seen().has(unseen), patiently);
      await vi.waitUntil(() => {
        if (running.child.exitCode !== null) throw new Error("The watch has ended.");
        return rounds().length >= 4;
      }, patiently);
      running.child.kill("SIGINT");
      const end = await running.ended;
      expect(end.code).toBe(130);
      expect(end.stderr).toBe("cosmos-trpc: Stopped. The same command goes on from there.\n");
      expect(Math.min(...(await befallen()))).toBeGreaterThan(0);
      expect([...seen()]).toEqual([...seen()].sort((one, other) => one - other));
    },
  );
});

describe("items import", () => {
  test("of a file that is cut while it is read is not done, and keeps its checkpoint", async () => {
    const { lines } = newItems();
    const path = testFolder()("items.ndjson", lines.join("\n"));
    const running = startCli(["items", "import", path, "--url", stack.url, "--concurrency", "8", "--json"]);
    await untilUnderWay(`${path}.checkpoint`, running);
    truncateSync(path, Math.floor(statSync(path).size / 2));
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /The input was changed while it was read: it had [\d,]+ bytes, and has [\d,]+ now\./,
    );
    expect(existsSync(`${path}.checkpoint`)).toBe(true);
  });

  test.each(["SIGKILL", "SIGINT", "SIGTERM"] as const)(
    "cut by %s goes on where it was, and loses nothing",
    async (signal) => {
      const { group, lines, ids } = newItems();
      const path = testFolder()("items.ndjson", lines.join("\n"));
      const args = ["items", "import", path, "--url", stack.url, "--concurrency", "8", "--json"];
      const first = startCli(args);
      await untilUnderWay(`${path}.checkpoint`, first);
      first.child.kill(signal);
      const cut = await first.ended;
      expect(cut.stdout).toBe("");
      if (signal !== "SIGKILL") {
        expect(cut.code).toBe(signal === "SIGINT" ? 130 : 143);
        expect(cut.stderr.trimEnd().split("\n").at(-1)).toMatch(
          /^cosmos-trpc: Stopped after [\d,]+ items? written.*\. The same command goes on from there\.$/,
        );
      }
      const before = JSON.parse(readFileSync(`${path}.checkpoint`, "utf8")) as {
        progress: { records: number };
      };
      expect(before.progress.records).toBeLessThan(itemCount);

      const second = await startCli(args.map((arg) => (arg === "8" ? "200" : arg))).ended;
      expect(second.stderr).toContain(
        `Goes on after record ${before.progress.records.toLocaleString("en")}.`,
      );
      expect(second.code).toBe(1);
      expect(jsonLines(second.stdout)).toMatchObject([{ written: ids.length, refused: brokenLines.length }]);
      const report = jsonLines(readFileSync(`${path}.refused.ndjson`, "utf8"));
      expect(report.map(({ line }) => line)).toEqual(brokenLines);
      expect(await storedIds(stack.url, group)).toEqual(ids);
    },
  );

  test.each(kills)("outlives a kill of the %s %s", async (what, circumstances) => {
    const { group, lines, ids } = newItems();
    const faults = areOn(circumstances)
      ? [...mixOf("batchDocuments"), ...mixOf("upsertDocument").slice(0, 1)]
      : [];
    const befallen = await stack.disturb(faults);
    const path = testFolder()("items.ndjson", lines.join("\n"));
    const running = startCli(["items", "import", path, "--url", stack.url, "--concurrency", "8", "--json"]);
    await untilUnderWay(`${path}.checkpoint`, running);
    await stack.kill(what);
    await stack.start(what);
    const run = await running.ended;
    expect(Math.min(...(await befallen()))).toBeGreaterThan(0);
    expect(jsonLines(run.stdout)).toMatchObject([{ written: ids.length, refused: brokenLines.length }]);
    const report = jsonLines(readFileSync(`${path}.refused.ndjson`, "utf8"));
    expect(report.map(({ line }) => line)).toEqual(brokenLines);
    expect(await storedIds(stack.url, group)).toEqual(ids);
  });

  test("killed when its report has just begun, it goes on with that report", async () => {
    const { lines } = newItems();
    const file = testFolder();
    const path = file("items.ndjson", ["no", ...lines].join("\n"));
    const report = file("report.ndjson");
    const args = ["items", "import", path, "--url", stack.url, "--concurrency", "8", "--report", report];
    const first = startCli(args);
    await vi.waitUntil(() => existsSync(report), patiently);
    first.child.kill("SIGKILL");
    expect((await first.ended).stdout).toBe("");
    expect((await startCli(args).ended).code).toBe(1);
    const told = jsonLines(readFileSync(report, "utf8")).map(({ line }) => line);
    expect(told).toEqual([1, ...brokenLines.map((line) => line + 1)]);
  });

  test("without patience ends when the server does, and goes on later", async () => {
    const { group, lines, ids } = newItems();
    const path = testFolder()("items.ndjson", lines.join("\n"));
    const args = ["items", "import", path, "--url", stack.url, "--concurrency", "8", "--patience", "0"];
    const running = startCli(args);
    await untilUnderWay(`${path}.checkpoint`, running);
    await stack.kill("server");
    const cut = await running.ended;
    expect(cut).toMatchObject({ code: 1, stdout: "" });
    expect(cut.stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^cosmos-trpc: (No server answers|The answer of).* The same command goes on from there\.$/,
    );
    await stack.start("server");
    expect((await startCli([...args, "--concurrency", "200"]).ended).stderr).toMatch(
      /^1,980 items written, 20 refused/m,
    );
    expect(await storedIds(stack.url, group)).toEqual(ids);
  });
});

describe("items export", () => {
  const exported = Array.from({ length: 6_000 }, (_, n) => idOf(n));
  const where = ["--where", "id startsWith item-"];
  let isFilled = false;

  beforeEach(async () => {
    if (isFilled) return;
    const client = createClient({ url: stack.url });
    for (let from = 0; from < exported.length; from += 500) {
      const group = exported.slice(from, from + 500);
      await client.items.bulk.mutate({ items: group.map((id) => ({ id, data: { padding } })) });
    }
    isFilled = true;
  });

  test.each(["ndjson", "csv"] as const)(
    "of %s, killed and begun again, has each item once",
    async (format) => {
      const path = testFolder()(`items.${format}`);
      const whole = testFolder()(`whole.${format}`);
      const options = ["--url", stack.url, ...where, "--order-by", "name"];
      expect((await startCli(["items", "export", whole, ...options]).ended).code).toBe(0);

      const args = ["items", "export", path, ...options];
      for (const signal of ["SIGKILL", "SIGINT"] as const) {
        const before = existsSync(path) ? statSync(path).size : 0;
        const running = startCli(args);
        await vi.waitUntil(() => existsSync(path) && statSync(path).size > before, patiently);
        running.child.kill(signal);
        expect((await running.ended).code).toBe(signal === "SIGINT" ? 130 : null);
        // What a kill leaves that comes when a page was written, and the checkpoint does not yet say so.
        const text = readFileSync(path);
        writeFileSync(path, Buffer.concat([text, text.subarray(0, 1_000)]));
      }
      expect((await startCli(args).ended).code).toBe(0);
      expect(readFileSync(path).equals(readFileSync(whole))).toBe(true);
      expect(existsSync(`${path}.checkpoint`)).toBe(false);
    },
  );

  test.each(kills)("outlives a kill of the %s %s", async (what, circumstances) => {
    const befallen = await stack.disturb(areOn(circumstances) ? mixOf("queryDocuments") : []);
    const path = testFolder()("items.ndjson");
    const running = startCli(["items", "export", path, "--url", stack.url, ...where]);
    await vi.waitUntil(() => existsSync(path) && statSync(path).size > 0, patiently);
    await stack.kill(what);
    await stack.start(what);
    expect((await running.ended).code).toBe(0);
    expect(Math.min(...(await befallen()))).toBeGreaterThan(0);
    const found = jsonLines(readFileSync(path, "utf8")).map(({ id }) => id);
    expect(found.sort()).toEqual(exported);
  });
});
