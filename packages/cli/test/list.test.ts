import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createClient } from "./example/cli.ts";
import { asAdministrator, type Run, runCli, useServer } from "./runningCli.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

const { url, env } = useServer();

const items = (...args: string[]): Promise<Run> =>
  runCli(["items", ...args], { env: { COSMOS_TRPC_URL: url() } });

const idsOf = ({ stdout }: Run) => jsonLines(stdout).map(({ id }) => id);

beforeAll(async () => {
  const shelf = Array.from({ length: 1_200 }, (_, n) => ({ id: `nut ${n}`, pk: "shelf", data: { n } }));
  const client = createClient({ url: url() });
  for (let from = 0; from < shelf.length; from += 600) {
    await client.items.bulk.mutate({ items: shelf.slice(from, from + 600) });
  }
  await client.items.bulk.mutate({
    items: [
      {
        id: "ada",
        name: "Ada Lovelace",
        tags: ["author", "a,b"],
        data: { born: 1815, "place of birth": "London", "a.b": true },
      },
      { id: "bob", name: "5", data: { born: 1900, colour: "red" } },
      { id: "cem", name: "Cem\u001b[2J\u009b", data: { born: "1900", colour: null } },
    ],
  });
});

describe("items list", () => {
  test.each([
    [["name = Ada Lovelace"], ["ada"]],
    [['name eq "Ada Lovelace"'], ["ada"]],
    [["name = 5"], ["bob"]],
    [["data.born=1900"], ["bob"]],
    [["data.born = 1900.0"], ["bob"]],
    [["data.born in 1.9e3,01815"], ["bob"]],
    [['data.born = "1900"'], ["cem"]],
    [["data.born >= 1800", "data.born<1900"], ["ada"]],
    [["tags contains author"], ["ada"]],
    [['tags contains "a,b"'], ["ada"]],
    [["name startsWith Ada"], ["ada"]],
    [["id in ada, bob,none"], ["ada", "bob"]],
    [['data.born in [1815,"1900"]'], ["ada", "cem"]],
    [["data.colour exists"], ["bob", "cem"]],
    [["data.colour = null"], ["cem"]],
    [["data.born exists", "data.colour exists false"], ["ada"]],
    [["not pk = shelf"], ["ada", "bob", "cem"]],
    [["pk != shelf", "not data.born lte 1900"], ["cem"]],
    [['"data.place of birth" = London'], ["ada"]],
    [["/data/a.b = true"], ["ada"]],
    [["name = Ada' OR 1=1 --"], []],
  ])("--where %j finds %j", async (conditions, ids) => {
    const run = await items("list", ...conditions.flatMap((condition) => ["--where", condition]));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(idsOf(run).sort()).toEqual(ids);
  });

  test("--where-json, --pk and --order-by narrow and order, and pages are put together", async () => {
    const filter = '{"or":[{"data.n":{"lt":2}},{"data.n":{"gte":1198}}]}';
    const run = await items("list", "--pk", "shelf", "--where-json", filter, "--order-by", "data.n:desc");
    expect(idsOf(run)).toEqual(["nut 1199", "nut 1198", "nut 1", "nut 0"]);
    const all = await items("list", "--pk", "shelf", "--all", "--order-by", "data.n");
    expect(idsOf(all)).toEqual(Array.from({ length: 1_200 }, (_, n) => `nut ${n}`));
    expect(idsOf(await items("list", "--pk", "shelf", "--limit", "1100"))).toHaveLength(1_100);
    expect(idsOf(await items("list"))).toHaveLength(100);
  });

  test("a list that was cut says so, wherever its output goes; a whole one says nothing", async () => {
    const more = /^cosmos-trpc: There are more: --all, a larger --limit, or --cursor (\S+)\n$/;
    for (const args of [[], ["--json"], ["--limit", "100", "--json"]]) {
      const run = await items("list", "--pk", "shelf", ...args);
      expect(run.code).toBe(0);
      expect(idsOf(run)).toHaveLength(100);
      const [, cursor = ""] = more.exec(run.stderr) ?? [];
      const rest = await items("list", "--pk", "shelf", "--all", "--cursor", cursor);
      expect(rest).toMatchObject({ code: 0, stderr: "" });
      expect(new Set([...idsOf(run), ...idsOf(rest)]).size).toBe(1_200);
    }
    const explained = await items("list", "--pk", "shelf", "--explain", "--json");
    expect(jsonLines(explained.stderr)).toMatchObject([{ cursor: expect.any(String) }]);
  });

  test("--explain says on standard error what it cost and which indexes it used", async () => {
    const args = ["list", "--where", "name = 5", "--explain"];
    const people = await items(...args);
    expect(idsOf(people)).toEqual(["bob"]);
    expect(people.stderr).toMatch(
      /^charge +[\d.]+ RU in .*\nused +\/name\/\?\nwould help +none\nsuggested +no composite index\n$/,
    );
    const machine = await items(...args, "--json");
    expect(jsonLines(machine.stderr)).toMatchObject([
      { requestCharge: expect.any(Number), explain: { used: { single: ["/name/?"] } } },
    ]);
  });

  test("stored text steers no terminal, in JSON neither", async () => {
    const run = await items("list", "--where", "id = cem");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(run.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(jsonLines(run.stdout)).toMatchObject([{ name: "Cem\u001b[2J\u009b" }]);
  });

  test.each([
    [["--where", "name"], 2, "It is no condition"],
    [["--where", "name like x"], 2, "'like' is no operator"],
    [["--where", "name eq"], 2, "eq needs a value"],
    [["--where", "data.x exists maybe"], 2, "exists takes true or false"],
    [["--where", "not"], 2, "It is no condition"],
    [["--where-json", "[1]"], 2, "a filter as a JSON object"],
    [["--where", "\u001b[2J\u009b"], 2, "\\u001b[2J\\u009b"],
    [["--where", "colour = red"], 2, "colour is no field of an item"],
    [["--where", "nmae = x"], 2, "Did you mean name?"],
    [["--where-json", '{"and":[{"nmae":{"eq":"x"}}]}'], 2, "Did you mean name?"],
    [
      ["--where-json", '{"data.n":{"eq":769308320146468865}}'],
      2,
      "--where-json: /data.n/eq has the number 769308320146468865, which",
    ],
    [["--where", "data.n > 1e400"], 2, '--where "data.n > 1e400": data.n has the number 1e400'],
    [["--where", "data.n in 1,1e400"], 2, "data.n has the number 1e400"],
    [["--where", "data.n in [1,1e400]"], 2, "data.n.1 has the number 1e400"],
    [["--where", "_ts > 1e400"], 2, "_ts has the number 1e400, which a double-precision number cannot hold."],
    [["--where", "tags startsWith x"], 2, "tags takes "],
    [["--order-by", "nmae:desc"], 2, "Did you mean name?"],
    [["--where", "id; DROP = 1"], 2, "is no"],
    [["--where", "ttl = soon"], 1, 'cosmos-trpc: --where "ttl = soon": ttl has to be number.'],
    [
      ["--where", "name = x", "--where", "ttl = soon", "--where-json", '{"ttl":{"gt":"x"}}'],
      1,
      '--where "ttl = soon": ttl has to be number; --where-json: ttl.gt has to be number.',
    ],
    [["--order-by", "name:up"], 2, "with :desc at its end"],
    [["--order-by", "name", "--order-by", "id"], 1, "--order-by is refused: No index serves"],
    [["--limit", "0"], 2, "a whole number from 1"],
    [["--limit", "5", "--all"], 2, "Either --limit or --all."],
    [["--cursor", "abc"], 1, "cursor"],
  ])("%j ends with %i", async (args, code, words) => {
    const run = await items("list", ...args);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain(words);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^\s+at /m);
  });

  test("goes on with a cursor, not with an altered one, nor with that of another list", async () => {
    const client = createClient({ url: url() });
    const { cursor = "" } = await client.items.list.query({ pk: "shelf", limit: 10 });
    const next = await items("list", "--pk", "shelf", "--limit", "1190", "--cursor", cursor);
    expect(new Set(idsOf(next)).size).toBe(1_190);
    const altered = `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BB" : "AA"}`;
    for (const args of [
      ["--pk", "shelf", "--cursor", altered],
      ["--cursor", cursor],
    ]) {
      const run = await items("list", ...args);
      expect(run).toMatchObject({ code: 1, stdout: "" });
      expect(run.stderr).toMatch(/^cosmos-trpc: .*cursor/);
    }
  });
});

describe("single items", () => {
  test("create writes what is not there, replace what is, delete takes it away", async () => {
    expect((await items("replace", '{"id":"one"}')).stderr).toMatch(/^cosmos-trpc: There is no such item\./);
    const created = await items("create", '{"id":"one","name":"first"}', "--json");
    const [{ _etag: etag } = {}] = jsonLines(created.stdout);
    expect((await items("create", '{"id":"one"}')).stderr).toMatch(/^cosmos-trpc: .*already there/);
    expect((await items("replace", '{"id":"one","name":"second"}', "--if-match", String(etag))).code).toBe(0);
    expect((await items("delete", "one", "--if-match", String(etag))).stderr).toMatch(
      /has changed.*Its etag is now/,
    );
    expect(await items("delete", "one", "--json")).toMatchObject({ code: 0, stderr: "" });
    const gone = await items("delete", "one");
    expect(gone).toMatchObject({ code: 1, stdout: "" });
    expect(gone.stderr).toMatch(/^cosmos-trpc: There is no such item\./);
    const both = await items("delete", "nut 1", "none", "--pk", "shelf");
    expect(both.code).toBe(1);
    expect(both.stdout).toBe("");
    expect(both.stderr).toMatch(
      /^cosmos-trpc: 'none': There is no such item\.\n1 item deleted: .*s\ncosmos-trpc: 1 of 2 items were refused\.\n$/,
    );
  });

  test("patch makes all its changes, or none", async () => {
    await items("create", '{"id":"patched","tags":["a"],"ttl":60,"data":{"n":1,"old":true}}');
    const args = ["--set", "name=New = name", "--set", 'data.list=["x",1]', "--set", "data.code=007"];
    args.push(
      "--set",
      "data.price=1.10",
      "--set",
      "data.prices=[1.10]",
      "--set",
      'data.big="769308320146468865"',
    );
    const more = [
      "--increment",
      "data.n=-2.5",
      "--append",
      "tags=b",
      "--remove",
      "ttl",
      "--remove",
      "data.old",
    ];
    const run = await items("patch", "patched", ...args, ...more, "--where", "data.n = 1", "--json");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [patched = {}] = jsonLines(run.stdout);
    const big = "769308320146468865";
    expect(patched).toMatchObject({ name: "New = name", tags: ["a", "b"] });
    expect(patched["data"]).toEqual({ n: -1.5, list: ["x", 1], code: "007", price: 1.1, prices: [1.1], big });
    expect(patched).not.toHaveProperty("ttl");
    const stale = await items("patch", "patched", "--set", "name=x", "--where", "data.n = 1");
    expect(stale).toMatchObject({ code: 1, stdout: "" });
    expect((await items("patch", "patched", "--set", "tags=c,d", "--json")).stdout).toContain('["c","d"]');
  });

  test.each([
    [["x"], 2, "Say what to change"],
    [["x", "--set", "name"], 2, "It has to be path=value."],
    [["x", "--set", "name=a", "--set", "name=b"], 2, "--set names 'name' twice."],
    [["x", "--increment", "data.n=many"], 2, "it has to be a number"],
    [["ada", "--set", "id=other"], 2, "--set id=other: id cannot be patched"],
    [["ada", "--remove", "_etag"], 2, "_etag cannot be patched"],
    [["ada", "--set", "pk=other"], 2, "pk cannot be patched"],
    [["ada", "--set", "colour=red"], 2, "colour is no field of an item"],
    [["ada", "--set", "nmae=x"], 2, "Did you mean name?"],
    [["ada", "--remove", "tgas"], 2, "Did you mean tags?"],
    [["ada", "--set", 'data.n={"a":1e400}'], 2, "data.n.a has the number 1e400"],
    [
      ["ada", "--set", "data.n=769308320146468865"],
      2,
      `data.n has the number 769308320146468865, which a double-precision number cannot hold: if a text is meant, write it as one in JSON, '"769308320146468865"'.`,
    ],
    [["ada", "--append", "data.list=1e400"], 2, "data.list has the number 1e400"],
    [["ada", "--increment", "data.n=1e400"], 2, "data.n has the number 1e400"],
    [
      ["ada", "--set", "ttl=769308320146468865"],
      2,
      "--set ttl=769308320146468865: ttl has the number 769308320146468865, which a double-precision number cannot hold.",
    ],
    [["ada", "--append", "name=x"], 1, "cosmos-trpc: --append name: it is no array."],
    [["ada", "--set", "ttl=x"], 1, "cosmos-trpc: --set ttl: it has to be a whole number of seconds."],
    [["ada", "--set", "name=x", "--where", "ttl = x"], 1, '--where "ttl = x": ttl has to be number.'],
    [["none", "--set", "name=x"], 1, "There is no such item."],
  ])("patch %j ends with %i", async (args, code, words) => {
    const run = await items("patch", ...args);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain(words);
  });

  test("get takes any number of ids, in their order, and names those that are not there", async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `nut ${n + 100}`);
    const run = await items("get", ...ids, "none", "a/b", "--pk", "shelf", "--json");
    expect(run.code).toBe(1);
    expect(idsOf(run)).toEqual(ids);
    expect(run.stderr).toContain("'none': There is no such item.");
  });
});

describe("items export", () => {
  test("writes a file that an import reads, and no file over another", async () => {
    const path = testFolder()("shelf.csv");
    const args = ["export", path, "--pk", "shelf", "--where", "data.n in 0,2,3,4", "--order-by", "data.n"];
    const columns = ["--columns", "id,pk,data.n"];
    const run = await items(...args, ...columns);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toMatch(/^4 items written: [\d.]+ RU in .*s\n$/);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^id,pk,data\.n\r\nnut 0,shelf,0\r\n/);
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
    const again = await items(...args);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("is there already: name another file, or write over it with --force.");
    expect(readFileSync(path, "utf8")).toBe(text);
    const forced = await items(...args, ...columns, "--force", "--json");
    expect(forced).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(forced.stdout)).toMatchObject([{ written: 4, requestCharge: expect.any(Number) }]);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect((await items("import", path)).code).toBe(0);
  });

  test("with conditions that are refused leaves nothing behind, and the mended command goes", async () => {
    const path = testFolder()("some.ndjson");
    const run = await items("export", path, "--where", "ttl = soon");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: .*ttl.*has to be number.*\n$/);
    expect(run.stderr).not.toContain("goes on");
    expect([existsSync(path), existsSync(`${path}.checkpoint`)]).toEqual([false, false]);
    expect((await items("export", path, "--where", "id = ada")).code).toBe(0);
  });

  test.each(["--force", "--restart"])(
    "%s takes no file away before there are items for it",
    async (option) => {
      const path = testFolder()("kept.ndjson");
      writeFileSync(path, "old\n");
      const refused = await items("export", path, option, "--where", "ttl = soon");
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain("has to be number");
      const unanswered = await runCli(["items", "export", path, option, "--url", "http://127.0.0.1:9"]);
      expect(unanswered).toMatchObject({ code: 1, stdout: "" });
      expect(unanswered.stderr).not.toContain("goes on");
      expect(readFileSync(path, "utf8")).toBe("old\n");
      expect(existsSync(`${path}.checkpoint`)).toBe(false);
      expect((await items("export", path, option, "--where", "id = ada")).code).toBe(0);
      expect(jsonLines(readFileSync(path, "utf8"))).toMatchObject([{ id: "ada" }]);
    },
  );

  test("into a folder that is not there says so", async () => {
    const path = testFolder()("none/x.csv");
    const run = await items("export", path);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^cosmos-trpc: The folder .*none is not there: make it, or name another file\.\n$/,
    );
  });

  test("to what cannot be written ends with a sentence, and leaves no checkpoint", async () => {
    const place = testFolder();
    const path = place("folder.csv");
    mkdirSync(path);
    const run = await items("export", path, "--force");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: The output cannot be written: EISDIR.*\n$/);
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
  });

  test("writes to standard output, and nothing else there", async () => {
    const run = await items("export", "--where", "pk != shelf");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(idsOf(run)).toContain("ada");
  });

  test.each([
    [["x.txt"], "What format shall x.txt have?"],
    [["x.ndjson", "--columns", "id"], "--columns goes with a CSV."],
    [["x.csv", "--columns", "id,colour"], "The column 'colour' is no field of an item."],
    [["-", "--force"], "go with a file"],
    [["x.csv", "--checkpoint", "x.csv"], "The checkpoint cannot be the output's file"],
  ])("%j is wrong usage", async (args, words) => {
    const run = await items("export", ...args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(words);
  });
});

describe("documents that do not fit the schema", () => {
  const told = "do not fit the schema and are left out: the server's log says which.";
  const unfit = [
    { id: "wrong 1", pk: "unfit", name: 5 },
    { id: "wrong 2", pk: "unfit", name: "unnamed", tags: "none" },
  ];

  beforeAll(async () => {
    const fit = Array.from({ length: 1_100 }, (_, n) => ({ id: `fit ${n}`, pk: "unfit" }));
    const client = createClient({ url: url() });
    for (const group of [fit.slice(0, 1_000), fit.slice(1_000)]) {
      await client.items.bulk.mutate({ items: group });
    }
    await asAdministrator(env(), async (database) => {
      for (const document of unfit) await database.container("items").items.create(document);
    });
    return () =>
      asAdministrator(env(), async (database) => {
        for (const { id, pk } of unfit) await database.container("items").item(id, pk).delete();
      });
  });

  test.each([[["list", "--all"]], [["list", "--limit", "1200"]], [["export"]]])(
    "are told of by %j, which writes those that do",
    async (args) => {
      const run = await items(...args, "--pk", "unfit", "--json");
      expect(run.code).toBe(1);
      expect(idsOf(run)).toHaveLength(1_100);
      const [line = "", sentence] = run.stderr.split("\n");
      expect(JSON.parse(line)).toMatchObject({ unfit: 2, requestCharge: expect.any(Number) });
      expect(sentence).toBe(`cosmos-trpc: 2 items ${told}`);
      const shown = await items(...args, "--pk", "unfit");
      expect(shown).toMatchObject({ code: 1, stderr: `cosmos-trpc: 2 items ${told}\n` });
      expect(idsOf(shown)).toHaveLength(1_100);
    },
  );

  test("are told of when a file is written, which is whole but for them", async () => {
    const path = testFolder()("fit.ndjson");
    const run = await items("export", path, "--pk", "unfit", "--json");
    expect(run).toMatchObject({ code: 1, stderr: `cosmos-trpc: 2 items ${told}\n` });
    expect(jsonLines(run.stdout)).toMatchObject([{ written: 1_100, unfit: 2 }]);
    expect(jsonLines(readFileSync(path, "utf8"))).toHaveLength(1_100);
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
    const task = { command: "export", entity: "items", output: path, url: `${url()}/`, format: "ndjson" };
    const progress = { items: 1, unfit: 1, bytes: 0, requestCharge: 0, elapsed: 0 };
    const selection = { pk: "unfit" };
    writeFileSync(
      `${path}.checkpoint`,
      JSON.stringify({ version: 1, task: { ...task, selection }, progress }),
    );
    const resumed = await items("export", path, "--pk", "unfit", "--json");
    expect(jsonLines(resumed.stdout)).toMatchObject([{ unfit: 3 }]);
  });

  test("that a list has none of are not told of", async () => {
    const run = await items("list", "--pk", "unfit", "--where", "name = unnamed", "--limit", "5", "--json");
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^cosmos-trpc: There are more/) });
  });
});

test.each(["get", "list", "create", "upsert", "replace", "patch", "delete", "import", "export", "watch"])(
  "items %s --help has examples",
  async (command) => {
    const run = await items(command, "--help");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain(`cosmos-trpc items ${command}`);
    expect(run.stdout).toMatch(/^Examples?:$/m);
  },
);

test("--version prints the version", async () => {
  expect(await runCli(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
});
