import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { createClient } from "./example/cli.ts";
import { type Run, runCli, useServer } from "./runningCli.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

const { url } = useServer();

const importing = (args: readonly string[], input?: string | Buffer): Promise<Run> =>
  runCli(["items", "import", ...args], {
    env: { COSMOS_TRPC_URL: url() },
    ...(input === undefined ? {} : { input }),
  });

/** The items under ids, in their order. */
async function stored(...ids: string[]) {
  const answers = await createClient({ url: url() }).items.getMany.query(ids.map((id) => ({ id })));
  return answers.map((answer) => ("item" in answer ? answer.item : answer.error.reason));
}

/** An import of a file as its checkpoint names it. */
function importOf(path: string) {
  const { size, mtime } = statSync(path);
  const input = { path, size, modified: mtime.toISOString() };
  return { command: "import", entity: "items", input, format: "ndjson", url: `${url()}/` };
}

/** Of an import that has dealt with its first record. */
const progress = { records: 1, written: 1, refused: 0, requestCharge: 5, elapsed: 9, reportBytes: 0 };

describe("items import", () => {
  test("writes NDJSON, keeps no checkpoint of what is done, and says what it did", async () => {
    const file = testFolder();
    const lines = Array.from({ length: 300 }, (_, n) => `{"id":"nd ${n}","data":{"n":${n}}}`);
    const path = file("items.ndjson", `\ufeff${lines.join("\r\n")}\n\n`);
    const run = await importing([path]);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toMatch(/^300 items written: [\d.]+ RU in .*s\n$/);
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
    expect(existsSync(`${path}.refused.ndjson`)).toBe(false);
    expect(await stored("nd 0", "nd 299")).toMatchObject([{ data: { n: 0 } }, { data: { n: 299 } }]);
    const again = await importing([path, "--json", "--concurrency", "1000"]);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(again.stdout)).toEqual([
      { written: 300, refused: 0, requestCharge: expect.any(Number), elapsedMs: expect.any(Number) },
    ]);
  });

  test("writes CSV: columns are paths, cells have their fields' types", async () => {
    const file = testFolder();
    const path = file(
      "items.csv",
      '\ufeffid,name,tags[],data.size,data.code,ttl\r\ncsv 1,"Ada ""A"", L",a;b,5,007,60\r\ncsv 2,"two\r\nlines",,"""5""",,\r\n',
    );
    expect(await importing([path, "--json"])).toMatchObject({ code: 0, stderr: "" });
    expect(await stored("csv 1", "csv 2")).toMatchObject([
      { name: 'Ada "A", L', tags: ["a", "b"], data: { size: 5, code: "007" }, ttl: 60 },
      { name: "two\r\nlines", data: { size: "5" } },
    ]);
  });

  test("tells of what is refused, line by line with the fields, writes the rest, and ends with 1", async () => {
    const file = testFolder();
    const over = JSON.stringify({ id: "broken 6", data: { text: "x".repeat(2 * 1024 * 1024) } });
    const path = file(
      "broken.ndjson",
      Buffer.concat([
        Buffer.from('{"id":"broken 1"}\n{"id":\n{"id":"a/b","colour":1}\n5\n'),
        Buffer.from([0x22, 0xff, 0x22, 0x0a]),
        Buffer.from(`${over}\n`),
        Buffer.alloc(6 * 1024 * 1024, "y"),
        Buffer.from('\n{"id":"broken 8"}'),
      ]),
    );
    const run = await importing([path]);
    expect(run.code).toBe(1);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^2 items written, 6 refused: /m);
    const report = `${path}.refused.ndjson`;
    expect(run.stderr.trimEnd().split("\n").at(-1)).toBe(
      `cosmos-trpc: 6 of 8 items were refused. The reasons are in ${report}.`,
    );
    expect(jsonLines(readFileSync(report, "utf8"))).toEqual([
      { line: 2, reason: "unreadable", message: expect.stringContaining("is not valid JSON") },
      {
        line: 3,
        id: "a/b",
        reason: "invalid",
        message: expect.stringContaining("colour"),
        fields: expect.arrayContaining([{ path: "colour", message: expect.any(String) }]),
      },
      { line: 4, reason: "unreadable", message: expect.stringContaining("no JSON object") },
      { line: 5, reason: "unreadable", message: expect.stringContaining("UTF-8") },
      { line: 6, id: "broken 6", reason: "too-large", message: expect.stringContaining("bytes") },
      { line: 7, reason: "unreadable", message: expect.stringContaining("longer than") },
    ]);
    expect(await stored("broken 1", "broken 8")).toMatchObject([{ id: "broken 1" }, { id: "broken 8" }]);
    // Mended, nothing is refused, and no report of old tells otherwise.
    writeFileSync(path, '{"id":"broken 2"}\n');
    expect(await importing([path, "--json"])).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(report)).toBe(false);
  });

  test("reads standard input, and tells of each refused line there", async () => {
    const lines = Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? `{"id":"in ${n}"}` : "no"));
    const run = await importing(["-", "--format", "ndjson"], lines.join("\n"));
    expect(run.code).toBe(1);
    expect(run.stderr.match(/^cosmos-trpc: line \d+: The record is not valid JSON/gm)).toHaveLength(15);
    expect(await stored("in 28")).toMatchObject([{ id: "in 28" }]);
  });

  test("of lines with the same id the last one stays", async () => {
    const lines = Array.from({ length: 400 }, (_, n) => `{"id":"same ${n % 7}","data":{"n":${n}}}`);
    const args = ["-", "--format", "ndjson", "--concurrency", "40", "--json"];
    const run = await importing(args, lines.join("\n"));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const ids = Array.from({ length: 7 }, (_, n) => `same ${n}`);
    expect(await stored(...ids)).toMatchObject(
      ids.map((_, n) => ({ data: { n: Math.floor((399 - n) / 7) * 7 + n } })),
    );
  });

  test("what was exported can be imported: what the service keeps is left out", async () => {
    const line =
      '{"id":"exported","pk":"exported","name":"n","_etag":"1-2","_ts":1767225600,"_rid":"x","_self":"y"}';
    const run = await importing(["-", "--format", "ndjson", "--json"], line);
    expect(run).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [["none.ndjson"], 1, "ENOENT"],
    [["."], 2, "--format"],
    [[".", "--format", "csv"], 1, "is no file"],
    [["items.txt"], 2, "What format has items.txt?"],
    [["-"], 1, "The input has no items."],
    [["-", "--delimiter", ";"], 2, "go with a CSV"],
    [["-", "--format", "xml"], 2, "Allowed choices are ndjson, csv"],
    [["-", "--format", "csv", "--checkpoint", "x"], 2, "cannot be read twice"],
    [["-", "--format", "csv", "--concurrency", "0"], 2, "from 1 to 4000"],
    [["-", "--format", "csv", "--patience", "-1"], 2, "--patience"],
    [["-", "--format", "csv"], 1, "The input has no items."],
    [["-", "--format", "ndjson"], 1, "The input has no items."],
  ])("%j ends with %i", async (args, code, words) => {
    const run = await importing(args);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(words);
    expect(run.stderr).not.toMatch(/^\s+at |node:internal/m);
  });

  test("a CSV whose columns or quotes are wrong is refused, with what to do", async () => {
    const columns = await importing(["-", "--format", "csv"], "id,colour\na,red\n");
    expect(columns.code).toBe(2);
    expect(columns.stderr).toContain(
      "The column 'colour' is no field of an item. The first line has to name",
    );
    const quote = await importing(["-", "--format", "csv"], 'id,name\nquoted,x\nb,"open\nc,d\n');
    expect(quote.code).toBe(1);
    expect(quote.stderr).toContain("begins on line 3 has a quote that is never closed");
    const report = testFolder()("refused.ndjson");
    const reported = await importing(
      ["-", "--format", "csv", "--report", report, "--delimiter", "\\t"],
      'id\tname\na/b\tx\nb\t"open\nc,d\n',
    );
    expect(reported.stderr).toMatch(
      /never closed: .* 0 items written, 1 refused\. The reasons are in .*refused\.ndjson\.\n$/,
    );
    expect(await stored("quoted")).toMatchObject([{ id: "quoted" }]);
  });

  test("a checkpoint of other work, or of none, is refused, and --restart begins anew", async () => {
    const file = testFolder();
    const path = file("items.ndjson", '{"id":"point"}\n');
    const task = importOf(path);
    const keep = (content: object | string): void =>
      writeFileSync(`${path}.checkpoint`, typeof content === "string" ? content : JSON.stringify(content));

    keep({ version: 1, task, progress });
    const whole = await importing([path]);
    expect(whole).toMatchObject({ code: 0, stdout: "" });
    expect(whole.stderr).toMatch(/^cosmos-trpc: Goes on after record 1\.\n1 item written: .*s\n$/);

    keep({ version: 1, task, progress });
    utimesSync(path, new Date(0), new Date(0));
    const changed = await importing([path]);
    expect(changed).toMatchObject({ code: 2, stdout: "" });
    expect(changed.stderr).toContain(`is of other work: its input is`);
    expect(changed.stderr).toContain("--restart");

    keep("{");
    const none = await importing([path]);
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("is no checkpoint of this program.");
    expect((await importing([path, "--restart"])).code).toBe(0);

    const same = await importing([path, "--report", path]);
    expect(same.code).toBe(2);
    expect(same.stderr).toContain("The report cannot be the input's file");
    expect(readFileSync(path, "utf8")).toBe('{"id":"point"}\n');
  });

  describe("--report", () => {
    const broken = '{"id":"reported"}\nno\n';
    const complaint = '{"line":2,"reason":"unreadable"';

    test("that names a file which is there is refused, and --force writes over it", async () => {
      const file = testFolder();
      const path = file("items.ndjson", broken);
      const letter = file("letter.txt", "Dear Ada");
      for (const run of [
        await importing([path, "--report", letter]),
        await importing([path, "--report", letter, "--restart"]),
        await importing(["-", "--format", "ndjson", "--report", letter], broken),
      ]) {
        expect(run).toMatchObject({ code: 2, stdout: "" });
        expect(run.stderr).toBe(
          `cosmos-trpc: ${letter} is there already: name another file with --report, or write over it with --force.\n`,
        );
      }
      expect(readFileSync(letter, "utf8")).toBe("Dear Ada");
      const folder = await importing([path, "--report", dirname(path), "--force"]);
      expect(folder).toMatchObject({ code: 2, stdout: "" });
      expect(folder.stderr).toContain("that is no file");
      expect((await importing([path, "--report", letter, "--force"])).code).toBe(1);
      expect(readFileSync(letter, "utf8")).toContain(complaint);
      expect(existsSync(`${path}.checkpoint`)).toBe(false);
    });

    test("belongs to the import: going on takes its own report, and no other", async () => {
      const file = testFolder();
      const path = file("items.ndjson", broken);
      const own = file("own.ndjson");
      const other = file("other.ndjson", `${complaint},"message":"of another import"}\n`);
      const task = importOf(path);
      const keep = (report: string, reportBytes: number): void =>
        writeFileSync(
          `${path}.checkpoint`,
          JSON.stringify({ version: 1, task, progress: { ...progress, report, reportBytes } }),
        );

      keep(own, 0);
      const refused = await importing([path, "--report", other]);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toBe(
        `cosmos-trpc: The report of this import is ${own}, and not ${other}: leave --report out to go on, or begin anew with --restart.\n`,
      );
      expect(readFileSync(other, "utf8")).toContain("of another import");

      // What a kill leaves behind what the checkpoint vouches for is written again.
      const kept = '{"line":1,"reason":"invalid","message":"kept"}\n';
      for (const [before, bytes] of [
        ["of nobody's knowledge", 0],
        [`${kept}{"line":2,"rea`, kept.length],
      ] as const) {
        file("own.ndjson", before);
        keep(own, bytes);
        const run = await importing(bytes === 0 ? [path] : [path, "--report", own]);
        expect(run.code).toBe(1);
        expect(run.stderr).toContain(`The reasons are in ${own}.`);
        const lines = jsonLines(readFileSync(own, "utf8")).map(({ line }) => line);
        expect(lines).toEqual(bytes === 0 ? [2] : [1, 2]);
      }
      expect(existsSync(`${path}.refused.ndjson`)).toBe(false);
    });
  });

  test("without a server it ends at once", async () => {
    const run = await runCli(["items", "import", "-", "--format", "ndjson", "--url", "http://127.0.0.1:1"], {
      input: '{"id":"a"}',
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("No server answers at http://127.0.0.1:1");
  });
});
