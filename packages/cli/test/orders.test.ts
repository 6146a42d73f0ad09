import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createClient } from "./example/cli.ts";
import { type Run, runCli, startCli, useServer } from "./runningCli.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

// An entity with a hierarchical partition key, of which one field is a number, and with lists of objects.

const { url } = useServer();

const orders = (args: readonly string[], input?: string, columns?: number): Promise<Run> =>
  runCli(["orders", ...args], {
    env: { COSMOS_TRPC_URL: url() },
    ...(input === undefined ? {} : { input }),
    ...(columns === undefined ? {} : { columns }),
  });

const order = (id: string, more: object = {}) => ({
  id,
  tenant: "shop",
  customer: 7,
  total: 10,
  lines: [{ sku: "tea", count: 1 }],
  ...more,
});

const key = ["--tenant", "shop", "--customer", "7"];

const idsOf = ({ stdout }: Run) => jsonLines(stdout).map(({ id }) => id);

beforeAll(async () => {
  await createClient({ url: url() }).orders.bulk.mutate({
    items: [
      order("o1", { total: 30 }),
      order("o2", {
        total: 2.5,
        status: "paid",
        lines: [
          { sku: "tea", count: 2 },
          { sku: "cup", count: 1 },
        ],
      }),
      order("o3", { customer: 8, total: 20 }),
      order("o4", { tenant: "other" }),
    ],
  });
});

describe("single orders", () => {
  test("are named by their id and the fields of their partition key, each of its kind", async () => {
    const found = await orders(["get", "o1", ...key, "--json"]);
    expect(found).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(found.stdout)).toMatchObject([{ id: "o1", customer: 7, total: 30 }]);
    const both = await orders(["get", "o1", "o2", ...key]);
    expect(both.code).toBe(0);
    expect(both.stdout).toMatch(/^total +2\.5$/m);
    expect(both.stdout).toMatch(/^lines +\[\{"sku":"tea","count":2\},/m);
    expect(both.stdout).toMatch(/^_ts +\d{4}-\d\d-\d\dT/m);
  });

  test("are created, patched, replaced and deleted", async () => {
    expect((await orders(["create", JSON.stringify(order("made"))])).code).toBe(0);
    const changes = ["--set", "status=paid", "--increment", "total=1.5"];
    const patched = await orders([
      ...["patch", "made", ...key, ...changes],
      ...["--append", 'lines={"sku":"pot","count":1}', "--where", "status = open", "--json"],
    ]);
    expect(patched).toMatchObject({ code: 0, stderr: "" });
    const [made = {}] = jsonLines(patched.stdout);
    expect(made).toMatchObject({
      status: "paid",
      total: 11.5,
      lines: [{ sku: "tea" }, { sku: "pot", count: 1 }],
    });
    const replaced = await orders([
      "replace",
      JSON.stringify(order("made", { total: 1 })),
      "--if-match",
      String(made["_etag"]),
    ]);
    expect(replaced.code).toBe(0);
    const stale = await orders(["delete", "made", ...key, "--if-match", String(made["_etag"])]);
    expect(stale.stderr).toMatch(/has changed.*Its etag is now/);
    expect(await orders(["delete", "made", ...key, "--json"])).toMatchObject({ code: 0, stderr: "" });
    expect((await orders(["get", "made", ...key])).code).toBe(1);
  });

  test.each([
    [["get", "o1"], "Say --tenant <value>: an item is named by its id and tenant and customer."],
    [["get", "o1", "--tenant", "shop"], "Say --customer <value>"],
    [["get", "o1", "--tenant", "shop", "--customer", "seven"], "--customer seven: it has to be a number."],
    [
      ["get", "o1", "--tenant", "shop", "--customer", "769308320146468865"],
      "--customer has the number 769308320146468865, which a double-precision number cannot hold.",
    ],
    [
      ["list", "--where", "total = 1e400"],
      '--where "total = 1e400": total has the number 1e400, which a double-precision number cannot hold.',
    ],
    [["get", "o1", "--pk", "shop"], "unknown option '--pk'"],
    [["list", "--customer", "7"], "--customer goes with --tenant"],
    [["list", "--where", "stauts = open"], "stauts is no field of an item of orders. Did you mean status?"],
    [["list", "--order-by", "totl"], "Did you mean total?"],
  ])("%j is wrong usage", async (args, words) => {
    const run = await orders(args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: [^\n]*\n$/);
    expect(run.stderr).toContain(words);
  });
});

describe("lists of orders", () => {
  test.each([
    [
      ["--tenant", "shop", "--order-by", "total:desc"],
      ["o1", "o3", "o2"],
    ],
    [key, ["o1", "o2"]],
    [
      ["--where", "total >= 20", "--where", "tenant = shop"],
      ["o1", "o3"],
    ],
    [
      ["--where", "total in 2.50,20"],
      ["o2", "o3"],
    ],
    [["--where", 'lines contains {"sku":"cup"}'], ["o2"]],
    [["--where", "_ts > 2026-01-31T12:00:00Z", "--where", "tenant = other"], ["o4"]],
    [["--where", "_ts < 2026-01-31"], []],
    [
      ["--order-by", "status", "--order-by", "total:desc", "--tenant", "shop"],
      ["o1", "o3", "o2"],
    ],
  ])("%j finds %j", async (args, ids) => {
    const run = await orders(["list", ...args]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const found = idsOf(run);
    expect(args.includes("--order-by") ? found : found.sort()).toEqual(ids);
  });

  test("are tables on a terminal, no wider than it", async () => {
    const run = await orders(["list", "--tenant", "shop"], undefined, 80);
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ID +TENANT +CUSTOMER +STATUS +TOTAL +_TS +LINES$/);
    expect(lines).toHaveLength(4);
    expect(lines.find((line) => line.startsWith("o2"))).toMatch(
      /^o2 +shop +7 +paid +2\.5 +\d{4}-\d\d-\d\dT[\d:]+Z +\[\{/,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

test("a table leaves out columns that do not fit, and cuts no time", async () => {
  for (const [columns, head] of [
    [40, "ID TENANT CUSTOMER STATUS TOTAL"],
    [58, "ID TENANT CUSTOMER STATUS TOTAL _TS"],
    [35, "ID TENANT CUSTOMER STATUS TOTAL"],
    [30, "ID TENANT CUSTOMER STATUS"],
    [10, "ID TENANT"],
  ] as const) {
    const { stdout } = await orders(["list", "--tenant", "shop"], undefined, columns);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]?.replaceAll(/ +/g, " ")).toBe(head);
    expect(stdout).not.toContain("…");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

describe("files of orders", () => {
  test.each(["ndjson", "csv"])("what is exported as %s is imported as the same", async (format) => {
    const path = testFolder()(`orders.${format}`);
    expect((await orders(["export", path, "--tenant", "shop"])).code).toBe(0);
    const before = await orders(["list", "--tenant", "shop"]);
    for (const { id, customer } of jsonLines(before.stdout)) {
      const args = ["delete", String(id), "--tenant", "shop", "--customer", String(customer)];
      expect((await orders(args)).code).toBe(0);
    }
    const run = await orders(["import", path, "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const data = ({ stdout }: Run) => jsonLines(stdout).map(({ _etag, _ts, ...item }) => item);
    expect(data(await orders(["list", "--tenant", "shop"]))).toEqual(expect.arrayContaining(data(before)));
  });

  test("a CSV's columns have the schema's types, and a cell that has not is named with its field", async () => {
    const text = [
      "id;tenant;customer;total;lines",
      '007;csv;1;1.10;"[{""sku"":""1.10"",""count"":1}]"',
      '8;csv;2;2,50;"[{""sku"":""x"",""count"":1}]"',
      '9;csv;769308320146468865;3;"[{""sku"":""x"",""count"":1}]"',
      '10;csv;4;3;"[{""sku"":""x"",""count"":1e400}]"',
    ].join("\n");
    const run = await orders(["import", "-", "--format", "csv"], text);
    expect(run.code).toBe(1);
    const said = run.stderr.split("\n");
    expect(said[0]).toMatch(/^cosmos-trpc: line 3: .*total/);
    expect(said[1]).toMatch(
      /^cosmos-trpc: line 4: The record cannot be taken: customer has the number 769308320146468865, which a double-precision number cannot hold\.$/,
    );
    expect(said[2]).toMatch(
      /^cosmos-trpc: line 5: The record cannot be taken: lines.0.count has the number 1e400/,
    );
    expect(said.at(-2)).toBe("cosmos-trpc: 3 of 4 items were refused.");
    const [written] = jsonLines((await orders(["list", "--tenant", "csv"])).stdout);
    expect(written).toMatchObject({ id: "007", customer: 1, total: 1.1, lines: [{ sku: "1.10", count: 1 }] });
  });

  test("--dry-run shows what would be written, checks it by the schema, and writes nothing", async () => {
    const place = testFolder();
    const path = place(
      "orders.csv",
      'Nummer,Laden,customer,total,lines\n1,dry,1,5,"[{""sku"":""a"",""count"":1}]"\n2,dry,1,many,[]\n',
    );
    const columns = ["--column", "Nummer=id", "--column", "Laden=tenant"];
    const run = await orders(["import", path, "--dry-run", ...columns]);
    expect(run.code).toBe(1);
    expect(jsonLines(run.stdout)).toEqual([
      order("1", { tenant: "dry", customer: 1, total: 5, lines: [{ sku: "a", count: 1 }] }),
    ]);
    expect(run.stderr).toMatch(
      /^cosmos-trpc: line 3: total has to be a number; .*\n1 item would be written, .*\ncosmos-trpc: 1 of 2 items were wrong\.\n$/,
    );
    expect((await orders(["list", "--tenant", "dry"])).stdout).toBe("");
    expect(readFileSync(path, "utf8")).toContain("Nummer");
    const clean = await orders([
      "import",
      path,
      "--dry-run",
      ...columns,
      "--json",
      "--column",
      "total=:string",
    ]);
    expect(clean.stderr).toContain("line 2: total has to be a number");
  });
});

test("orders are watched by their tenant", async () => {
  const args = ["orders", "watch", "--url", url(), "--since", "beginning", "--tenant", "watched"];
  const running = startCli(args);
  let shown = "";
  running.child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const { orders: api } = createClient({ url: url() });
  await api.upsert.mutate(order("w1", { tenant: "watched" }));
  await api.upsert.mutate(order("w2", { tenant: "unwatched" }));
  await api.upsert.mutate(order("w3", { tenant: "watched", customer: 9 }));
  await vi.waitUntil(() => jsonLines(shown.replace(/[^\n]*$/, "")).length === 2, {
    timeout: 200_000,
    interval: 5,
  });
  running.child.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  expect(
    jsonLines(shown)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["w1", "w3"]);
});
