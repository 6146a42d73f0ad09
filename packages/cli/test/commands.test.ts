import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Run, runCli, useServer } from "./runningCli.ts";

const { url } = useServer();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-test-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it against the server of this file. */
const items = (args: readonly string[], input?: string): Promise<Run> =>
  runCli(["items", ...args], { env: { COSMOS_TRPC_URL: url() }, ...(input === undefined ? {} : { input }) });

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const isAbsent = async (id: string): Promise<void> => expect((await items(["get", id])).code).toBe(1);

/** One plain sentence or more on stderr: no stack, nothing on stdout. */
function expectRefused(run: Run, code: 1 | 2, ...words: string[]): void {
  expect(run).toMatchObject({ code, stdout: "" });
  for (const word of words) expect(run.stderr).toContain(word);
  expect(run.stderr).not.toMatch(/^\s+at |node:internal|Error:/m);
  if (code === 1) expect(run.stderr).toMatch(/^cosmos-trpc: .*\.( \([\d.]+ RU in [\d.]+ m?s\))?\n$/);
}

/** What a call cost is told, and is none of the data. */
const charge = /^charge {3}[\d.]+ RU in [\d.]+ m?s\n$/;

describe("items upsert", () => {
  test("writes an item and shows it, a line a field", async () => {
    const run = await items([
      "upsert",
      '{"id":"lamp","name":"Lamp","tags":["a","b"],"data":{"w":5},"ttl":60}',
    ]);
    expect(run.code).toBe(0);
    expect(run.stdout.split("\n").map((line) => line.split(/\s+/, 1)[0])).toEqual([
      ..."id pk name tags data ttl _etag _ts".split(" "),
      "",
    ]);
    expect(run.stdout).toMatch(/^name +Lamp$/m);
    expect(run.stdout).toMatch(/^tags +a, b$/m);
    expect(run.stdout).toMatch(/^_ts +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    expect(run.stderr).toMatch(charge);
  });

  test("with --json prints one line of JSON and nothing else, wherever the option stands", async () => {
    for (const args of [
      ["upsert", '{"id":"plain"}', "--json"],
      ["get", "--json", "plain"],
    ]) {
      const run = await items(args);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toMatch(/^[^\n]+\n$/);
      expect(JSON.parse(run.stdout)).toMatchObject({
        id: "plain",
        pk: "plain",
        name: "unnamed",
        _etag: expect.stringMatching(/^".+"$/),
        _ts: expect.any(Number),
      });
    }
  });

  test("--if-match writes over that version; a stale one is refused and the current etag named", async () => {
    const etagOf = ({ stdout }: Run): string => (JSON.parse(stdout) as { _etag: string })._etag;
    const first = etagOf(await items(["upsert", '{"id":"contested"}', "--json"]));
    const bare = first.replaceAll('"', "");
    const second = etagOf(await items(["upsert", '{"id":"contested"}', "--if-match", bare, "--json"]));
    const stale = await items(["upsert", '{"id":"contested","name":"mine"}', "--if-match", first]);
    expectRefused(stale, 1, "has changed", `Its etag is now ${second}.`);
    expectRefused(await items(["upsert", '{"id":"nowhere"}', "--if-match", first]), 1, "is not there");
    await isAbsent("nowhere");
  });

  test("of a file is an import: the same figures, and --json prints them", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => JSON.stringify({ id: `bulk ${index}` }));
    const path = file("items.ndjson", `\ufeff${lines.join("\r\n")}\n\n`);
    const run = await items(["upsert", "--file", path]);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toMatch(/^40 items written: [\d.]+ RU in [\d.]+ m?s\n$/);
    const again = await items(["upsert", "--file", path, "--json"]);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(again.stdout)).toMatchObject({ written: 40, refused: 0 });
    expect((await items(["get", ...lines.map((_, index) => `bulk ${index}`)])).code).toBe(0);
  });

  test.each([
    ["lines", '{"id":"in 1"}\n{"id":"in 2"}', ["in 1", "in 2"]],
    ["a pretty-printed object", JSON.stringify({ id: "in 3", data: { a: [1] } }, null, 2), ["in 3"]],
    ["a pretty-printed array", JSON.stringify([{ id: "in 4" }, { id: "in 5" }], null, 2), ["in 4", "in 5"]],
    ["an array on one line", '[{"id":"in 6"},{"id":"in 7"}]\n', ["in 6", "in 7"]],
    ["an array that begins with an item", '[{"id":"in 8"},\n {"id":"in 9"}]\n', ["in 8", "in 9"]],
  ])("reads %s from standard input", async (_name, input, ids) => {
    const run = await items(["upsert", "-", "--json"], input);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ written: ids.length, refused: 0 });
    expect((await items(["get", ...ids])).code).toBe(0);
  });

  test("lines that are refused are named by number, and the rest is written", async () => {
    const input = [
      '{"id":"good 1"}',
      '{"id":',
      '{"id":"a/b"}',
      "5",
      '{"id":"x","colour":1}',
      '{"id":"good 2"}',
    ];
    const run = await items(["upsert", "-", "--json"], input.join("\n"));
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ written: 2, refused: 4 });
    const said = run.stderr.trimEnd().split("\n");
    expect(said).toEqual([
      expect.stringMatching(/^cosmos-trpc: line 2: The record is not valid JSON: .*\.$/),
      expect.stringMatching(/^cosmos-trpc: line 3: id must have none of the characters \/ \\ \? #/),
      "cosmos-trpc: line 4: The record is no JSON object: one object a line is needed.",
      expect.stringMatching(/^cosmos-trpc: line 5: colour is not a known field\.$/),
      "cosmos-trpc: 4 of 6 items were refused.",
    ]);
    expect((await items(["get", "good 1", "good 2"])).code).toBe(0);
    const one = await items(["upsert", "-"], '{"id":"a/b"}');
    expect(one.stderr).toContain("cosmos-trpc: 1 of 1 item was refused.\n");
  });

  test("a missing file, a folder and an empty input are refused", async () => {
    expectRefused(await items(["upsert", "--file", join(folder, "none.ndjson")]), 1, "ENOENT", "none.ndjson");
    expectRefused(await items(["upsert", "--file", folder]), 1, "cannot be read", "is no file");
    const empty = await items(["upsert", "-"], "\n\n");
    expect(empty).toMatchObject({ code: 1, stderr: "cosmos-trpc: The input has no items.\n" });
  });

  test.each([
    [[], "Name one source"],
    [['{"id":"a"}', "--file", "b"], "Name one source"],
    [["{"], "not valid JSON"],
    [["5"], "has to be a JSON object"],
    [["[]"], "has to be a JSON object"],
    [["-", "--if-match", "x"], "--if-match"],
    [["{}", "--colour"], "--colour"],
    [["{}", "{}"], "too many arguments"],
    [["{}", "--url", "nowhere"], "'nowhere' is no http or https URL"],
    [['{"id":"x","nmae":"y"}'], "nmae is no field of an item of items. Did you mean name?"],
    [['{"id":"a","colour":"red"}'], "colour is no field of an item of items. There are id, pk, name,"],
    [['{"id":"a","data":{"n":769308320146468865}}'], "data.n has the number 769308320146468865"],
    [['{"id":"a","data":{"n":[1e400]}}'], "send it as a string"],
  ])("%j is wrong usage", async (args, words) => {
    expectRefused(await items(["upsert", ...args]), 2, words);
  });

  test.each([
    ["{}", /: id is missing\.$/m],
    ['{"id":5,"name":1,"ttl":"x"}', /: id has to be a string; name has to be a string; ttl .*\.$/m],
    [JSON.stringify({ id: "é".repeat(512) }), /: id is longer than 1023 bytes/],
  ])("%s is refused, with every field named", async (item, words) => {
    const run = await items(["upsert", item]);
    expectRefused(run, 1);
    expect(run.stderr).toMatch(words);
  });

  test("an item of 2 MB + 1 and one over the limit of a request are refused", async () => {
    const empty = { id: "over", pk: "over", name: "unnamed", data: { text: "" } };
    const room = 2 * 1024 * 1024 - JSON.stringify(empty).length;
    const sized = (size: number): string => JSON.stringify({ ...empty, data: { text: "x".repeat(size) } });
    const run = await items(["upsert", "-"], `${sized(room + 1)}\n${sized(5 * 1024 * 1024)}\n`);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("line 1: The item has 2097153 bytes as JSON");
    expect(run.stderr).toContain("line 2: The record is longer than 4193280 bytes");
    await isAbsent("over");
  });
});

describe("items get", () => {
  test("shows as many items as are asked for, however long their ids, in the order that they were asked for", async () => {
    const ids = Array.from({ length: 1_100 }, (_, index) => `one of many items, and its id is long ${index}`);
    const input = ids.map((id) => JSON.stringify({ id })).join("\n");
    expect(await items(["upsert", "-", "--json"], input)).toMatchObject({ code: 0 });
    const run = await items(["get", "--json", ...ids]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const found = run.stdout.trimEnd().split("\n");
    expect(found.map((line) => JSON.parse(line).id)).toEqual(ids);
  });

  test("shows more than one answer holds: what was left out is asked for again", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `large ${index}`);
    const data = { text: "x".repeat(1_800_000) };
    for (const id of ids) {
      expect(await items(["upsert", "-", "--json"], JSON.stringify({ id, data }))).toMatchObject({ code: 0 });
    }
    const run = await items(["get", "--json", ...ids, "missing"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("'missing': There is no such item.");
    const found = run.stdout.trimEnd().split("\n");
    expect(found.map((line) => JSON.parse(line).id)).toEqual(ids);
  });

  test("gets an item under its partition key", async () => {
    await items(["upsert", '{"id":"placed","pk":"shelf"}']);
    const found = await items(["get", "placed", "--pk", "shelf"]);
    expect(found.code).toBe(0);
    expect(found.stdout).toMatch(/^pk +shelf$/m);
    expect(found.stderr).toMatch(charge);
    expectRefused(await items(["get", "placed"]), 1, "There is no such item.");
  });

  test("without an id it is wrong usage; with a bad one it is refused", async () => {
    expectRefused(await items(["get"]), 2, "missing required argument 'id'");
    expectRefused(await items(["get", "a/b"]), 1, "id must have none of");
  });

  test("stored text cannot steer the terminal", async () => {
    const hostile = "\u001b]0;owned\u0007\u009b31m\u007fred\r\nname     forged\u2028";
    await items([
      "upsert",
      JSON.stringify({ id: "hostile", name: hostile, tags: [hostile], data: { [hostile]: hostile } }),
    ]);
    const run = await items(["get", "hostile"]);
    expect(run.code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(run.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(run.stdout.match(/^name /gm)).toHaveLength(1);
    expect(run.stdout).toContain("\\u001b]0;owned\\u0007\\u009b31m\\u007fred\\r\\n");
  });

  test("neither can a refused one", async () => {
    const hostile = JSON.stringify({ id: "a", "\u001b[2J\u009b": 1 });
    for (const run of [
      await items(["upsert", hostile]),
      await items(["upsert", "-"], `${hostile}\n\u001b[2J\n{"\u009b`),
      await items(["upsert", "\u001b[2J"]),
    ]) {
      expect(run.code).not.toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

describe("the server", () => {
  const get = (address: string) => runCli(["--url", address, "items", "get", "a"]);

  /** Something else that listens. */
  async function stranger(status: number, type: string, body: string): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": type }).end(body);
    }).listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.close();
    });
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("is named by --url before COSMOS_TRPC_URL, with or without a slash at its end", async () => {
    await items(["upsert", '{"id":"addressed"}']);
    for (const address of [url(), `${url()}/`]) {
      const args = ["items", "get", "addressed", "--url", address];
      expect((await runCli(args, { env: { COSMOS_TRPC_URL: "http://127.0.0.1:1" } })).code).toBe(0);
    }
    const wrong = await runCli(["items", "get", "addressed"], { env: { COSMOS_TRPC_URL: "nowhere" } });
    expectRefused(wrong, 2, "COSMOS_TRPC_URL", "no http or https URL");
  });

  test("that does not answer is refused with what to do", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const address = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    expectRefused(await get(address), 1, `No server answers at ${address} (ECONNREFUSED)`, "--url");
    const many = await runCli(["--url", address, "items", "upsert", "-", "--json"], { input: '{"id":"a"}' });
    expectRefused(many, 1, `No server answers at ${address} (ECONNREFUSED)`);
  });

  test.each([
    [200, "text/html", "<!doctype html><title>Router</title>"],
    [404, "text/html", "<h1>Not Found</h1>"],
    [200, "application/json", '{"status":"ok"}'],
    [404, "application/json", '{"type":"about:blank","status":404}'],
    [500, "application/json", '{"error":{"message":"no","code":-32000}}'],
    [200, "application/json", ""],
  ])("that is another (%i %s %s) is refused", async (status, type, body) => {
    const address = await stranger(status, type, body);
    expectRefused(await get(address), 1, `What answers at ${address} is not this API`);
  });

  test("whose answer is cut short is refused", async () => {
    const address = await stranger(200, "application/json", '{"result":{"data":');
    expectRefused(await get(address), 1, `The answer of ${address} broke off.`);
  });
});

test("help is on stdout and ends with 0; an unknown command is wrong usage", async () => {
  const help = await runCli(["items", "upsert", "--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("--if-match");
  expectRefused(await runCli(["items", "destroy"]), 2, "destroy");
});
