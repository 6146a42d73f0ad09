import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { createClient } from "./example/cli.ts";
import { programs, type Run, runCli, surroundings, useServer } from "./runningCli.ts";

const { url } = useServer();

const call = (...args: string[]): Promise<Run> => runCli(args, { env: { COSMOS_TRPC_URL: url() } });

describe("a router's own procedures", () => {
  test("are called with options from their inputs, or with one of JSON", async () => {
    const { items } = createClient({ url: url() });
    await items.bulk.mutate({ items: ["a", "b"].map((id) => ({ id, data: { stock: 10 } })) });
    const run = await call("transfers", "make", "--from", "a", "--to", "b", "--amount", "3");
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("from     a\nto       b\namount   3\n");
    expect(run.stderr).toMatch(/^charge {3}[\d.]+ RU in .*s\n$/);
    const again = await call("transfers", "make", "--input", '{"from":"a","to":"b","amount":1}', "--json");
    expect(again).toEqual({ code: 0, stdout: '{"from":"a","to":"b","amount":1}\n', stderr: "" });
    expect(await items.get.query({ id: "a" })).toMatchObject({ data: { stock: 6 } });
    expect(await items.get.query({ id: "b" })).toMatchObject({ data: { stock: 14 } });
  });

  test.each([
    [["options", "--some-text", "5"], { someText: "5", size: "small" }],
    [
      [
        "options",
        "--some-text",
        "x",
        "--size",
        "large",
        "--count",
        "3",
        "--is-dry",
        "--labels",
        "a",
        "--labels",
        "b",
      ],
      { someText: "x", size: "large", count: 3, isDry: true, labels: ["a", "b"] },
    ],
    [["options", "--some-text=x", "--is-dry=false"], { someText: "x", size: "small", isDry: false }],
    [["options", "--some-text", "x", "--codes", "7"], { someText: "x", size: "small", codes: 7 }],
    [["options", "--some-text", "x", "--codes", "007"], { someText: "x", size: "small", codes: "007" }],
    [
      ["options", "--some-text", "769308320146468865", "--codes", '"769308320146468865"'],
      { someText: "769308320146468865", size: "small", codes: "769308320146468865" },
    ],
    [["options", "--some-text", "x", "--input-url", "null"], { someText: "x", size: "small", url: null }],
    [
      ["options", "--some-text", "x", "--shape", '{"w":1.5}'],
      { someText: "x", size: "small", shape: { w: 1.5 } },
    ],
    [["scalar", "2.5"], 5],
    [
      ["list", "1", "2.50"],
      [1, 2.5],
    ],
    [["list", "--input", "[]"], []],
    [["tuple", "a", "2", "--is-dry"], { input: ["a", 2, { isDry: true }] }],
    [["tuple", "a", "2"], { input: ["a", 2, {}] }],
    [["record", "--input", '{"a":1}'], { a: 1 }],
    [["nothing"], "nothing was asked"],
  ])("echo %j gives %j", async (args, value) => {
    const run = await call("echo", ...args, "--json");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toEqual(value);
  });

  test.each([
    [["options"], "Say --some-text"],
    [["options", "--some-text", "x", "--count", "many"], "--count many: it has to be JSON."],
    [["options", "--some-text", "x", "--count", "true"], "--count true: it has to be a number."],
    [
      ["options", "--some-text", "x", "--count", "1e400"],
      "1e400, which a double-precision number cannot hold.",
    ],
    [["options", "--some-text", "x", "--shape", '{"w":1e400}'], "--shape: w has the number 1e400"],
    [["options", "--some-text", "x", "--codes", "1e400"], `write it as one in JSON, '"1e400"'.`],
    [["options", "--some-text", "x", "--size", "huge"], "Allowed choices are small, large."],
    [["options", "--some-text", "x", "--input", "{}"], "Either --input or the other options."],
    [["options", "--sometext", "x"], "Did you mean --some-text?"],
    [["options", "--input", '{"someText":'], "It has to be JSON."],
    [["options", "--input", '{"count":769308320146468865}'], "count has the number 769308320146468865"],
    [["scalar"], "Say <value>, or --input <json>."],
    [["tuple", "a"], "Say <value2>"],
    [["record"], "Say --input <json>."],
  ])("echo %j is wrong usage", async (args, words) => {
    const run = await call("echo", ...args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: [^\n]*\n$/);
    expect(run.stderr).toContain(words);
  });

  test("that are refused end with 1, and their fields are named", async () => {
    const run = await call("transfers", "make", "--from", "a", "--to", "b", "--amount", "-1");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: .*amount/);
  });

  test("that go on print what comes, and end when nobody reads it any more", async () => {
    const run = await call("count", "--to", "3");
    expect(run).toEqual({ code: 0, stdout: '{"n":1}\n{"n":2}\n{"n":3}\n', stderr: "" });
    const words = [process.execPath, programs.cli, "count", "--to", "1000000"].join(" ");
    const child = spawn("bash", ["-c", `${words} | head -n 2; echo "code \${PIPESTATUS[0]}"`], {
      env: { ...surroundings(), COSMOS_TRPC_URL: url() },
    });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    expect([stdout, stderr]).toEqual(['{"n":1}\n{"n":2}\ncode 0\n', ""]);
  });
});
