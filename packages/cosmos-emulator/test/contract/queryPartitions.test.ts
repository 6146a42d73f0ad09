import type { Container, PartitionKeyDefinition } from "@azure/cosmos";
import { runQuery } from "@cosmos-trpc/cosmos-sql";
import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { expect, it } from "vitest";
import { keyHeader, openAccount, refusal } from "./account.ts";
import { continuationOf, firstRange, readPages, rowsIn, sendQuery } from "./queryPages.ts";

const rowsOf = (...query: Parameters<typeof runQuery>): Json[] => [...runQuery(...query)];

const account = await openAccount({ physicalPartitions: 3 });
const single = await openAccount();

const definitions: Readonly<Record<string, PartitionKeyDefinition>> = {
  "hash V1": { paths: ["/tenant"], kind: "Hash" as never, version: 1 as never },
  "hash V2": { paths: ["/tenant"], kind: "Hash" as never, version: 2 as never },
  "a hierarchical key": { paths: ["/tenant", "/user"], kind: "MultiHash" as never, version: 2 as never },
};

const documents: readonly JsonObject[] = Array.from({ length: 60 }, (_, n) => ({
  id: `i${n}`,
  tenant: `t${n % 7}`,
  user: n % 3 === 0 ? n : `u${n % 5}`,
  n,
  // Never 0: of DISTINCT with ORDER BY the SDK's pipeline loses falsy values.
  kin: (n % 4) + 1,
  price: n % 2 === 0 ? n * 1.5 : -n,
  tags: ["red", "green", "blue"].slice(n % 3),
  at: { x: n % 6, y: Math.floor(n / 6) },
  ...(n % 10 === 0 ? { rare: `r${n}` } : {}),
}));

/** Queries whose rows come in one order alone. */
const ordered = [
  "SELECT VALUE c.n FROM c ORDER BY c.n",
  "SELECT VALUE c.n FROM c ORDER BY c.n DESC",
  "SELECT TOP 7 VALUE c.n FROM c ORDER BY c.n DESC",
  "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 5 LIMIT 11",
  "SELECT VALUE c.n FROM c WHERE c.kin = 2 ORDER BY c.n DESC OFFSET 3 LIMIT 4",
  "SELECT c.kin, c.n FROM c ORDER BY c.kin, c.n DESC",
  "SELECT VALUE t FROM c JOIN t IN c.tags WHERE c.n = 4 ORDER BY c.n",
  "SELECT DISTINCT VALUE c.kin FROM c ORDER BY c.kin",
  "SELECT DISTINCT TOP 2 VALUE c.kin FROM c ORDER BY c.kin DESC",
  "SELECT VALUE COUNT(1) FROM c",
  "SELECT VALUE SUM(c.n) FROM c WHERE c.kin < 3",
  "SELECT VALUE AVG(c.price) FROM c",
  "SELECT VALUE MIN(c.price) FROM c",
  "SELECT VALUE MAX(c.tenant) FROM c",
  "SELECT VALUE COUNT(c.rare) FROM c",
  "SELECT COUNT(1) AS n, MAX(c.n) AS most FROM c",
  "SELECT VALUE 1",
];

/** Queries whose rows are the same in any order. */
const unordered = [
  "SELECT * FROM c",
  "SELECT c.id, c.at.x AS x FROM c WHERE c.at.y >= 4",
  "SELECT VALUE {id: c.id, list: [c.n, c.kin]} FROM c WHERE c.n BETWEEN 10 AND 20",
  "SELECT DISTINCT c.kin FROM c",
  "SELECT DISTINCT VALUE c.at FROM c WHERE c.at.x < 2",
  "SELECT c.id, t FROM c JOIN t IN c.tags WHERE t = 'blue'",
  "SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.tags, 'red') AND c.tenant IN ('t1', 't2')",
  "SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t LIKE 'gr%')",
  "SELECT VALUE ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) FROM c WHERE c.n < 5",
  "SELECT c.kin, COUNT(1) AS n, SUM(c.n) AS total, AVG(c.n) AS mean FROM c GROUP BY c.kin",
  "SELECT c.kin AS g, MIN(c.price) AS least, MAX(c.price) AS most FROM c GROUP BY c.kin",
  "SELECT VALUE COUNT(1) FROM c GROUP BY c.tenant",
  "SELECT c.id, c.rare ?? 'none' AS rare, c.n % 2 = 0 ? 'even' : 'odd' AS kind FROM c WHERE c.n < 12",
  "SELECT VALUE c.id FROM c WHERE (c.n & 5) = 5 AND c.id || 'x' != 'i5x'",
];

async function fill(of: typeof account, definition: PartitionKeyDefinition): Promise<Container> {
  const compositeIndexes = [
    [
      { path: "/kin", order: "ascending" as const },
      { path: "/n", order: "descending" as const },
    ],
  ];
  const container = await of.newContainer(definition, { indexingPolicy: { compositeIndexes } });
  await Promise.all(documents.map((document) => container.items.create(document)));
  return container;
}

/** Rows as the test's own documents would have them. */
function bare(row: unknown): unknown {
  if (typeof row !== "object" || row === null || !("_rid" in row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("_")));
}

const inAnyOrder = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row, keysInOrder)).sort();

/** The SDK makes groups' properties in an order of its own. */
function keysInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

for (const [kind, definition] of Object.entries(definitions)) {
  for (const [partitions, of] of [
    ["several partitions", account],
    ["one partition", single],
  ] as const) {
    it(`answers every kind of clause through the SDK's pipeline: ${kind}, ${partitions}`, async () => {
      const container = await fill(of, definition);
      for (const options of [{}, { maxItemCount: 3, maxDegreeOfParallelism: 2 }, { forceQueryPlan: true }]) {
        for (const text of ordered) {
          const { resources } = await container.items.query(text, options).fetchAll();
          const rows = resources.map((row) => JSON.parse(JSON.stringify(row, keysInOrder)) as unknown);
          expect(rows, `${text} ${JSON.stringify(options)}`).toEqual(rowsOf(text, documents));
        }
        for (const text of unordered) {
          const { resources } = await container.items.query(text, options).fetchAll();
          expect(inAnyOrder(resources.map(bare)), `${text} ${JSON.stringify(options)}`).toEqual(
            inAnyOrder(rowsOf(text, documents)),
          );
        }
      }
      const { resources } = await container.items.readAll({ maxItemCount: 7 }).fetchAll();
      expect(inAnyOrder(resources.map(bare))).toEqual(inAnyOrder(documents));
    }, 60_000);
  }
}

it("keeps a query to a partition key, a prefix of one, and a feed range", async () => {
  const container = await fill(account, definitions["a hierarchical key"] as PartitionKeyDefinition);
  const ids = async (options: object): Promise<unknown[]> =>
    (await container.items.query("SELECT VALUE c.id FROM c", options).fetchAll()).resources.sort();
  const idsWhere = (condition: string): unknown[] =>
    rowsOf(`SELECT VALUE c.id FROM c WHERE ${condition}`, documents).sort();
  expect(await ids({ partitionKey: ["t2", "u3"] })).toEqual(idsWhere("c.tenant = 't2' AND c.user = 'u3'"));
  expect(await ids({ partitionKey: ["t2"] })).toEqual(idsWhere("c.tenant = 't2'"));
  expect(await ids({ partitionKey: ["none"] })).toEqual([]);

  const { resources: ranges } = await container.readPartitionKeyRanges().fetchAll();
  expect(ranges.length).toBeGreaterThanOrEqual(1);
  const byRange: unknown[] = [];
  for (const { id } of ranges) {
    const headers = { "x-ms-documentdb-partitionkeyrangeid": id };
    byRange.push(...(await readPages(account, container, { text: "SELECT VALUE c.id FROM c", headers }, 5)));
  }
  expect(byRange.sort()).toEqual(idsWhere("true"));

  const cuts = ["", "0A", "10", "2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "FF"];
  const byFeed: unknown[] = [];
  for (const [index, min] of cuts.slice(0, -1).entries()) {
    const headers = {
      "x-ms-read-key-type": "EffectivePartitionKeyRange",
      "x-ms-start-epk": min,
      "x-ms-end-epk": cuts[index + 1] ?? "FF",
    };
    byFeed.push(...(await readPages(account, container, { text: "SELECT VALUE c.id FROM c", headers }, 50)));
  }
  expect(byFeed.sort()).toEqual(idsWhere("true"));
});

it("goes through all partitions itself for a query that it can pass on, when it is allowed to", async () => {
  const container = await fill(account, definitions["hash V2"] as PartitionKeyDefinition);
  const enabled = { "x-ms-documentdb-query-enablecrosspartition": "true" };
  const text = "SELECT VALUE c.id FROM c WHERE c.kin = 1";
  const rows = await readPages(account, container, { text, headers: enabled }, 4);
  expect(rows.sort()).toEqual(rowsOf(text, documents).sort());
  const refused = await sendQuery(account, container, { text });
  expect([refused.status, refused.headers["x-ms-substatus"]]).toEqual([400, "0"]);
  const pinned = await sendQuery(account, container, { text: "SELECT * FROM c WHERE c.tenant = 't1'" });
  expect(rowsIn(pinned).length).toBeGreaterThan(0);
});

it.each([
  "SELECT * FROM c ORDER BY c.n",
  "SELECT TOP 3 * FROM c",
  "SELECT * FROM c OFFSET 1 LIMIT 2",
  "SELECT DISTINCT c.kin FROM c",
  "SELECT VALUE COUNT(1) FROM c",
  "SELECT c.kin, COUNT(1) AS n FROM c GROUP BY c.kin",
])("refuses what a gateway cannot serve, with the plan in its answer: %s", async (text) => {
  const container = await account.newContainer();
  const answer = await sendQuery(account, container, {
    text,
    headers: { "x-ms-documentdb-query-enablecrosspartition": "true" },
  });
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([400, "1004"]);
  const plan = JSON.parse(String(answer.json()["additionalErrorInfo"])) as Record<string, unknown>;
  expect(plan).toMatchObject({
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: { rewrittenQuery: expect.any(String) as unknown },
    queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
  });
});

it.each([
  ["SELECT COUNT(1) FROM c WHERE c.tenant = 't1'", 400],
  ["SELECT AVG(c.n) AS mean FROM c WHERE c.tenant = 't1'", 400],
  ["SELECT VALUE COUNT(1) FROM c WHERE c.tenant = 't1'", 200],
  ["SELECT c.tenant, COUNT(1) AS n FROM c WHERE c.tenant = 't1' GROUP BY c.tenant", 200],
])("answers an aggregate over the one partition key that WHERE names: %s, %d", async (text, status) => {
  const container = await account.newContainer("/tenant");
  const ask = (headers: Record<string, string>) => sendQuery(account, container, { text, headers });
  const enabled = await ask({ "x-ms-documentdb-query-enablecrosspartition": "true" });
  expect([enabled.status, enabled.headers["x-ms-substatus"] ?? "0"]).toEqual([
    status,
    status === 400 ? "1004" : "0",
  ]);
  expect((await ask({ "x-ms-documentdb-partitionkey": '["t1"]' })).status).toBe(200);
  expect((await ask({})).status).toBe(200);
});

it("answers a request for the plan, confined to the partition keys that WHERE names", async () => {
  const container = await account.newContainer("/tenant");
  const answer = await sendQuery(account, container, {
    text: "SELECT TOP 3 c.id FROM c WHERE c.tenant = @t ORDER BY c.n DESC",
    parameters: [{ name: "@t", value: "t1" }],
    headers: {
      "x-ms-cosmos-is-query-plan-request": "True",
      "x-ms-cosmos-supported-query-features": "OrderBy, Top, MultipleOrderBy",
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({
    queryInfo: { top: 3, distinctType: "None" },
  });
  const [range] = answer.json()["queryRanges"] as { min: string; max: string }[];
  expect(range?.min).toBe(range?.max);
});

it("answers a request for the plan with what merges the partitions' rows", async () => {
  const container = await account.newContainer();
  const answer = await sendQuery(account, container, {
    text: "SELECT TOP 3 c.id FROM c ORDER BY c.n DESC",
    headers: { "x-ms-cosmos-is-query-plan-request": "True" },
  });
  expect(answer.json()).toMatchObject({
    queryInfo: { top: 3, orderBy: ["Descending"], orderByExpressions: ["c.n"] },
    queryRanges: [{ min: "", max: "FF" }],
  });
});

it("answers 410 with substatus 1002 for a range that is not there", async () => {
  const container = await account.newContainer();
  for (const id of ["99", "x"]) {
    const answer = await sendQuery(account, container, {
      text: "SELECT * FROM c",
      headers: { "x-ms-documentdb-partitionkeyrangeid": id },
    });
    expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([410, "1002"]);
  }
});

it("answers with the position where a query's syntax breaks", async () => {
  const container = await single.newContainer();
  const answer = await sendQuery(single, container, { text: "SELECT * FORM c", headers: firstRange });
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  const message = String(answer.json()["message"]);
  const list = JSON.parse(message.slice(message.indexOf("{"), message.indexOf("\r\n"))) as {
    errors: { severity: string; code: string; location: object; message: string }[];
  };
  expect(list.errors[0]).toEqual({
    severity: "Error",
    code: "SC1001",
    location: { start: 9, end: 13 },
    message: "Syntax error, incorrect syntax near 'FORM'.",
  });
  expect(await refusal(container.items.query("SELECT * FORM c").fetchAll())).toMatchObject({ code: 400 });
});

it.each(["", "SELECT", "SELECT * FROM c WHERE", "SELECT udf.f(c) FROM c", "SELECT c.a FROM d", "('"])(
  "refuses the query %j",
  async (text) => {
    const container = await single.newContainer();
    const answer = await sendQuery(single, container, { text, headers: firstRange });
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  },
);

it.each(['{"query":1}', "{}", '{"query":"SELECT * FROM c","parameters":{}}', "[]", "SELECT * FROM c"])(
  "refuses the body %s",
  async (body) => {
    const container = await single.newContainer();
    const answer = await single.raw({
      method: "POST",
      path: `/dbs/${single.database.id}/colls/${container.id}/docs`,
      headers: { "content-type": "application/query+json", ...firstRange },
      body,
    });
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  },
);

it("refuses a query that nests too deeply, and takes one that nests a little", async () => {
  const container = await single.newContainer();
  const nested = (levels: number): string =>
    `SELECT VALUE ${"(".repeat(levels)}1${")".repeat(levels)} FROM c`;
  expect((await sendQuery(single, container, { text: nested(50_000), headers: firstRange })).status).toBe(
    400,
  );
  expect((await sendQuery(single, container, { text: nested(20), headers: firstRange })).status).toBe(200);
});

it("lets a reader stop and go on with the SDK's own continuation", async () => {
  const container = await fill(account, definitions["hash V2"] as PartitionKeyDefinition);
  const text = "SELECT VALUE c.n FROM c WHERE c.kin = 1";
  const first = await container.items
    .query<number>(text, { partitionKey: "t1", maxItemCount: 1 })
    .fetchNext();
  expect(first.resources.length).toBe(1);
  const continuationToken = first.continuationToken;
  expect(continuationToken).toBeDefined();
  const rest = await container.items
    .query<number>(text, { partitionKey: "t1", continuationToken: String(continuationToken) })
    .fetchAll();
  expect([...first.resources, ...rest.resources]).toEqual(
    rowsOf("SELECT VALUE c.n FROM c WHERE c.kin = 1 AND c.tenant = 't1'", documents),
  );
  const page = await sendQuery(account, container, {
    text,
    headers: { ...keyHeader("t1"), "x-ms-max-item-count": "1" },
  });
  expect(continuationOf(page)).toBeDefined();
});

it.each([
  "SELECT VALUE c.id FROM c",
  "SELECT VALUE c.id FROM c ORDER BY c.n",
  "SELECT VALUE c.id FROM c ORDER BY c.kin",
  "SELECT VALUE c.id FROM c WHERE c.n > 3 ORDER BY c.kin DESC",
])(
  "lets a new reader go on over all partitions from each page's token, while others write: %s",
  async (text) => {
    const container = await fill(account, definitions["hash V2"] as PartitionKeyDefinition);
    const options = { enableQueryControl: true, maxItemCount: 7, maxDegreeOfParallelism: 10 };
    const found: string[] = [];
    let written = 0;
    let reader = container.items.query<string>(text, options);
    while (reader.hasMoreResults()) {
      const page = await reader.fetchNext();
      found.push(...(page.resources ?? []));
      written += 1;
      const id = `new${written}`;
      await container.items.upsert({ id, tenant: `t${found.length % 7}`, n: found.length % 20, kin: 2 });
      const { continuationToken } = page;
      if (continuationToken === undefined) continue;
      reader = container.items.query<string>(text, { ...options, continuationToken });
    }
    const there = found.filter((id) => !id.startsWith("new"));
    expect(there.toSorted()).toEqual((rowsOf(text, documents) as string[]).toSorted());
    expect(new Set(found).size).toBe(found.length);
  },
);

it("gives equal rows last written first where a key is descending, and says so", async () => {
  const paths = [
    { path: "/a", order: "ascending" as const },
    { path: "/b", order: "descending" as const },
  ];
  const container = await single.newContainer("/pk", { indexingPolicy: { compositeIndexes: [paths] } });
  for (const id of ["1", "2", "3"]) await container.items.create({ id, pk: "p", a: 1, b: 1 });
  const orders = ["c.a", "c.a DESC", "c.a, c.b DESC"];
  const answers = await Promise.all(
    orders.map((order) => {
      const text = `SELECT VALUE c.id FROM c ORDER BY ${order}`;
      return sendQuery(single, container, { text, headers: firstRange });
    }),
  );
  expect(answers.map(rowsIn)).toEqual([
    ["1", "2", "3"],
    ["3", "2", "1"],
    ["3", "2", "1"],
  ]);
  expect(
    answers.map(({ headers }) => JSON.parse(String(headers["x-ms-cosmos-query-execution-info"]))),
  ).toEqual([false, true, true].map((reverseIndexScan) => ({ reverseRidEnabled: false, reverseIndexScan })));
});

it("names a parameter that the request does not have", async () => {
  const container = await single.newContainer();
  const text = "SELECT * FROM c WHERE c.n = @n";
  const crossPartition = { "x-ms-documentdb-query-enablecrosspartition": "true" };
  for (const headers of [crossPartition, firstRange, keyHeader("p")]) {
    const answer = await sendQuery(single, container, { text, headers });
    expect([answer.status, answer.json()["message"]]).toEqual([400, expect.stringContaining("'@n'")]);
  }
});
