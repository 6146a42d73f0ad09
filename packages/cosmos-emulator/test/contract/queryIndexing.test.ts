import { expect, it } from "vitest";
import { emulatorIt, openAccount, refusal } from "./account.ts";
import { firstRange, readPages, rowsIn, sendQuery } from "./queryPages.ts";

const account = await openAccount();

const all = { includedPaths: [{ path: "/*" }] };

it("refuses ORDER BY on several keys without a composite index of just these", async () => {
  const container = await account.newContainer("/pk", {
    indexingPolicy: {
      ...all,
      compositeIndexes: [
        [
          { path: "/a", order: "ascending" },
          { path: "/b/c", order: "descending" },
        ],
      ],
    },
  });
  const status = async (text: string): Promise<number> =>
    (await sendQuery(account, container, { text, headers: firstRange })).status;
  expect(await status("SELECT * FROM c ORDER BY c.a ASC, c.b.c DESC")).toBe(200);
  expect(await status("SELECT * FROM c ORDER BY c.a DESC, c.b.c ASC")).toBe(200);
  expect(await status("SELECT * FROM c ORDER BY c.a ASC, c.b.c ASC")).toBe(400);
  expect(await status("SELECT * FROM c ORDER BY c.b.c DESC, c.a ASC")).toBe(400);
  expect(await status("SELECT * FROM c ORDER BY c.a, c.b")).toBe(400);
  const refused = await sendQuery(account, container, {
    text: "SELECT * FROM c ORDER BY c.x, c.y",
    headers: firstRange,
  });
  expect(String(refused.json()["message"])).toContain(
    "The order by query does not have a corresponding composite index that it can be served from.",
  );
  expect(await refusal(container.items.query("SELECT * FROM c ORDER BY c.x, c.y").fetchAll())).toMatchObject({
    code: 400,
  });
});

it("refuses ORDER BY on a path that is not indexed, and still filters by it", async () => {
  const container = await account.newContainer("/pk", {
    indexingPolicy: { ...all, excludedPaths: [{ path: "/hidden/*" }, { path: "/n/?" }] },
  });
  await container.items.create({ id: "a", pk: "p", n: 1, hidden: { x: 1 } });
  const send = (text: string) => sendQuery(account, container, { text, headers: firstRange });
  const refused = await send("SELECT * FROM c ORDER BY c.hidden.x");
  expect(refused.status).toBe(400);
  expect(String(refused.json()["message"])).toContain(
    "The index path corresponding to the specified order-by item is excluded.",
  );
  expect((await send("SELECT * FROM c ORDER BY c.n")).status).toBe(400);
  expect((await send("SELECT * FROM c ORDER BY c.n.below")).status).toBe(200);
  expect((await send("SELECT * FROM c ORDER BY c._ts")).status).toBe(200);
  expect(rowsIn(await send("SELECT VALUE c.id FROM c WHERE c.hidden.x = 1 AND c.n = 1"))).toEqual(["a"]);
});

it("answers queries of a container that has no index", async () => {
  const container = await account.newContainer("/pk", {
    indexingPolicy: { indexingMode: "none", automatic: false },
  });
  await container.items.create({ id: "a", pk: "p", n: 1 });
  const text = "SELECT VALUE c.id FROM c WHERE c.n = 1";
  expect(await readPages(account, container, { text, headers: firstRange }, 10)).toEqual(["a"]);
  const { resource } = await container.read();
  expect(resource?.indexingPolicy).toMatchObject({ indexingMode: "none", automatic: false });
});

it("gives a policy back as it was sent, completed", async () => {
  const container = await account.newContainer("/pk", {
    indexingPolicy: {
      includedPaths: [{ path: '/"a b"/[]/c/?' }],
      excludedPaths: [{ path: "/*" }],
      compositeIndexes: [
        [
          { path: "/a", order: "ascending" },
          { path: "/b", order: "descending" },
        ],
      ],
    },
  });
  const { resource } = await container.read();
  expect(resource?.indexingPolicy).toEqual({
    automatic: true,
    indexingMode: "consistent",
    includedPaths: [{ path: '/"a b"/[]/c/?' }],
    excludedPaths: [{ path: "/*" }, { path: '/"_etag"/?' }],
    compositeIndexes: [
      [
        { path: "/a", order: "ascending" },
        { path: "/b", order: "descending" },
      ],
    ],
  });
});

it.each<[string, object]>([
  ["an unknown mode", { indexingMode: "sometimes" }],
  ["a path without an end", { includedPaths: [{ path: "/*" }, { path: "/a" }] }],
  ["a path without its slash", { includedPaths: [{ path: "/*" }, { path: "a/?" }] }],
  ["no root path", { includedPaths: [{ path: "/a/?" }], excludedPaths: [{ path: "/b/?" }] }],
  ["paths that are no list", { includedPaths: { path: "/*" } }],
  ["a composite index of one path", { ...all, compositeIndexes: [[{ path: "/a" }]] }],
  ["a composite index with a wildcard", { ...all, compositeIndexes: [[{ path: "/a/*" }, { path: "/b" }]] }],
  [
    "a composite index of an unknown order",
    { ...all, compositeIndexes: [[{ path: "/a", order: "up" }, { path: "/b" }]] },
  ],
  [
    "a composite index of nine paths",
    { ...all, compositeIndexes: [Array.from({ length: 9 }, (_, n) => ({ path: `/a${n}` }))] },
  ],
])("refuses a policy with %s", async (_, indexingPolicy) => {
  expect(await refusal(account.newContainer("/pk", { indexingPolicy }))).toMatchObject({ code: 400 });
});

it("takes a change of the policy into account at once", async () => {
  const container = await account.newContainer();
  await container.items.create({ id: "a", pk: "p", n: 1 });
  const text = "SELECT * FROM c ORDER BY c.n";
  expect((await sendQuery(account, container, { text, headers: firstRange })).status).toBe(200);
  const { resource } = await container.read();
  if (resource === undefined) throw new Error("The container has no definition.");
  await container.replace({
    ...resource,
    indexingPolicy: { ...all, excludedPaths: [{ path: "/n/?" }] },
  });
  expect((await sendQuery(account, container, { text, headers: firstRange })).status).toBe(400);
});

it("measures a query when asked to, and only then", async () => {
  const container = await account.newContainer();
  for (let n = 0; n < 10; n += 1) await container.items.create({ id: `i${n}`, pk: "p", n });
  const text = "SELECT * FROM c WHERE c.n < 4";
  const asked = await sendQuery(account, container, {
    text,
    headers: {
      ...firstRange,
      "x-ms-documentdb-populatequerymetrics": "true",
      "x-ms-cosmos-populateindexmetrics": "true",
    },
  });
  expect(rowsIn(asked).length).toBe(4);
  const metrics = String(asked.headers["x-ms-documentdb-query-metrics"]);
  const fields = Object.fromEntries(metrics.split(";").map((field) => field.split("=")));
  expect(fields).toMatchObject({ retrievedDocumentCount: "4", outputDocumentCount: "4" });
  expect(Number(fields["outputDocumentSize"])).toBeGreaterThan(100);
  const plain = await sendQuery(account, container, { text, headers: firstRange });
  expect(plain.headers).not.toHaveProperty("x-ms-documentdb-query-metrics");
  expect(plain.headers).not.toHaveProperty("x-ms-cosmos-index-utilization");

  const bySdk = await container.items
    .query(text, { populateQueryMetrics: true, populateIndexMetrics: true })
    .fetchAll();
  expect(bySdk.resources.length).toBe(4);
  expect(bySdk.indexMetrics).toContain("/n/?");
});

it("counts the partition key's index among the used ones when the request names the key", async () => {
  const container = await account.newContainer("/address/city");
  const names = async (partitionKey?: string): Promise<string | undefined> => {
    const options = { populateIndexMetrics: true, ...(partitionKey !== undefined && { partitionKey }) };
    return (await container.items.query("SELECT * FROM c", options).fetchNext()).indexMetrics;
  };
  expect(await names("Ulm")).toContain("/address/city/?");
  expect(await names()).not.toContain("/address/city/?");
});

emulatorIt(
  "names the indexes that a query uses and would use",
  "the service scores their impact",
  async () => {
    const container = await account.newContainer("/pk", {
      indexingPolicy: { ...all, excludedPaths: [{ path: "/b/?" }] },
    });
    const text = "SELECT * FROM c WHERE c.a = 1 AND c.b > 2";
    const utilization = async (asked: string): Promise<string> => {
      const answer = await sendQuery(account, container, {
        text,
        headers: { ...firstRange, [asked]: "true" },
      });
      return String(answer.headers["x-ms-cosmos-index-utilization"]);
    };
    const first = await utilization("x-ms-cosmos-populateindexmetrics");
    const single = {
      FilterExpression: "",
      FilterPreciseSet: true,
      IndexPreciseSet: true,
      IndexImpactScore: "High",
    };
    expect(JSON.parse(Buffer.from(first, "base64").toString())).toEqual({
      UtilizedSingleIndexes: [{ ...single, IndexSpec: "/a/?" }],
      PotentialSingleIndexes: [{ ...single, IndexSpec: "/b/?" }],
      UtilizedCompositeIndexes: [],
      PotentialCompositeIndexes: [
        { IndexSpecs: ["/a ASC", "/b ASC"], IndexPreciseSet: true, IndexImpactScore: "High" },
      ],
    });
    const second = await utilization("x-ms-cosmos-populateindexmetrics-v2");
    expect(JSON.parse(decodeURIComponent(second))).toEqual({
      Utilized: { SingleIndexes: [{ IndexSpec: "/a/?", IndexImpactScore: "High" }], CompositeIndexes: [] },
      Potential: {
        SingleIndexes: [{ IndexSpec: "/b/?", IndexImpactScore: "High" }],
        CompositeIndexes: [{ IndexSpecs: ["/a ASC", "/b ASC"], IndexImpactScore: "High" }],
      },
    });
  },
);
