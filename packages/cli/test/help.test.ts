import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { example } from "./example/cli.ts";
import { programs, runCli, surroundings } from "./runningCli.ts";
import { testFolder } from "./testFolder.ts";

describe("help", () => {
  test.each([
    [["items", "get", "--help"], "Usage: cosmos-trpc items get"],
    [["help", "items", "get"], "Usage: cosmos-trpc items get"],
    [["help", "items"], "Usage: cosmos-trpc items [options] [command]"],
    [["help", "items", "import"], "import - --format csv"],
    [["help"], "Usage: cosmos-trpc [options] [command]"],
    [["help", "orders", "get"], "--customer <value>"],
    [["transfers", "make", "--help"], "--amount <number>"],
  ])("%j is on standard output, and ends with 0", async (args, words) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain(words);
    expect(run.stdout).toMatch(/--url <url>/);
    expect(run.stdout).toMatch(/--json/);
    expect(Math.max(...run.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each([
    [["tickets", "--help"], "unknown command 'tickets'. There are items, orders, transfers"],
    [["tickets"], "unknown command 'tickets'."],
    [["order", "--help"], "Did you mean orders?"],
    [["itmes", "list"], "Did you mean items?"],
    [["help", "items", "gte"], "Did you mean get?"],
    [["items", "lsit", "--help"], "Did you mean list?"],
    [["items", "list", "--limt", "3"], "unknown option '--limt'. Did you mean --limit?"],
    [["items", "get"], "missing required argument 'id'."],
    [["items", "list", "--limit", "many"], "It has to be a whole number"],
    [["items", "list", "--where", "nmae = a"], "Did you mean name?"],
    [["transfers", "make"], "Say --from"],
  ])("%j is wrong usage: one line with one prefix, on standard error", async (args, words) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: [^\n]*[.?]\n$/);
    expect(run.stderr).toContain(words);
  });
});

describe("completion", () => {
  /** What the program offers for the words up to the cursor. */
  const offered = async (...words: string[]): Promise<string[]> => {
    const run = await runCli(["complete", "--", ...words]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    return run.stdout
      .split("\n")
      .flatMap((line) => line.split("\t", 1))
      .filter((word) => word !== "");
  };

  test.each([
    [["o"], ["orders"]],
    [[""], ["items", "orders", "transfers", "echo", "count", "completion", "help"]],
    [["orders", "ex"], ["export"]],
    [["--url", "http://localhost", "items", "wa"], ["watch"]],
    [["orders", "get", "--te"], ["--tenant"]],
    [["orders", "get", "--ur"], ["--url"]],
    [["orders", "list", "--order-by", "to"], ["total"]],
    [["items", "list", "--where", '"na'], ["name"]],
    [
      ["items", "patch", "ada", "--set", "t"],
      ["tags", "ttl"],
    ],
    [["items", "patch", "ada", "--set", "_"], []],
    [
      ["items", "import", "--format", ""],
      ["ndjson", "csv"],
    ],
    [["items", "watch", "--since", "b"], ["beginning"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["transfers", "make", "--am"], ["--amount"]],
    [["items", "import", "./"], []],
    [
      ["items", "patch", "ada", "--set", "d"],
      ["data", "data."],
    ],
  ])("after %j offers %j", async (words, values) => {
    expect(await offered(...words)).toEqual(values);
  });

  test("bash completes with the script", async () => {
    const place = testFolder();
    const command = place("cosmos-trpc", `#!/bin/sh\nexec '${process.execPath}' '${programs.cli}' "$@"\n`);
    chmodSync(command, 0o755);
    const { stdout: script } = await runCli(["completion", "bash"]);
    const ask = (...words: string[]): string => {
      const line = `COMP_WORDS=(cosmos-trpc ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}`;
      return `${line}; _cosmos_trpc_complete cosmos-trpc; echo "\${COMPREPLY[*]}"`;
    };
    const lines = [
      // As a shell start-up file does, twice.
      script,
      script,
      `compopt() { echo "compopt $*"; }`,
      `export PATH='${place(".")}':"$PATH"`,
      "complete -p cosmos-trpc",
      ask("or"),
      ask("items", "li"),
      ask("items", "list", "--whe"),
      ask("items", "list", "--where", "$(touch pwned)"),
      ask("items", "import", "--column", "x"),
      ask("items", "import", "--report", "x"),
      ask("items", "import", "x"),
      "echo end",
    ];
    const run = spawnSync("bash", ["--norc", "-c", lines.join("\n")], {
      cwd: place("."),
      env: surroundings(),
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(run.stdout.trimEnd().split("\n")).toEqual([
      "complete -o default -F _cosmos_trpc_complete cosmos-trpc",
      "orders",
      "list",
      "--where --where-json",
      "compopt +o default",
      "",
      "compopt +o default",
      "",
      "",
      "",
      "end",
    ]);
  });

  test.each(["zsh", "fish"])(
    "the script of %s is one, where that shell is there to say so",
    async (shell) => {
      const run = await runCli(["completion", shell]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toContain("cosmos-trpc");
      const path = testFolder()(`script.${shell}`, run.stdout);
      const check = spawnSync(shell, ["-n", path], { encoding: "utf8" });
      if (check.error === undefined) expect(check).toMatchObject({ status: 0, stderr: "" });
    },
  );

  test("of another shell is wrong usage", async () => {
    const run = await runCli(["completion", "tcsh"]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("Allowed choices are bash, zsh, fish");
  });
});

test("an API's names that this command has itself are no trouble", async () => {
  const [entity] = Object.values(example.manifest.entities);
  const entities = Object.fromEntries(
    ["help", "completion"].map((name) => [name, entity]),
  ) as typeof example.manifest.entities;
  const procedures = { "help.import": { type: "query" }, "help.archive": { type: "query" } } as const;
  const odd = { ...example, manifest: { ...example.manifest, entities, procedures } };
  const asked = await runCli(["help", "--help"], {}, odd);
  expect(asked).toMatchObject({ code: 0, stderr: "" });
  expect(asked.stdout).toContain("Read and write help");
  expect(asked.stdout).toMatch(/^ {2}call-import /m);
  expect(asked.stdout).toMatch(/^ {2}archive /m);
  expect((await runCli(["completion", "list", "--help"], {}, odd)).stdout).toContain(
    "Usage: cosmos-trpc completion list",
  );
});
