import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { type Container, CosmosClient, type Database } from "@azure/cosmos";
import { createHttpsServer } from "@vercel/cosmosdb-server";
import { afterAll, expect, it } from "vitest";
import { openAccount } from "./account.ts";

/**
 * Another reading of the same protocol: what `@vercel/cosmosdb-server` claims to support is run against it and against
 * us through the same SDK, and the outcomes are compared. Where they differ, either we are wrong, or it is; then the
 * table below says why.
 */
const account = await openAccount();

const peer = createHttpsServer({ keepAlive: true } as Parameters<typeof createHttpsServer>[0]);
peer.listen(0, "127.0.0.1");
await once(peer, "listening");
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
const peerClient = new CosmosClient({
  endpoint: `https://127.0.0.1:${(peer.address() as AddressInfo).port}`,
  key: account.key,
  agent,
});
const { database: peerDatabase } = await peerClient.databases.create({ id: `peer-${randomUUID()}` });
afterAll(() => {
  peerClient.dispose();
  agent.destroy();
  peer.close();
  peer.closeAllConnections();
});

const items = Array.from({ length: 12 }, (_, n) => ({
  id: `i${n}`,
  pk: `p${n % 3}`,
  n,
  half: n / 2,
  name: `Name ${String.fromCharCode(97 + n)}`,
  flag: n % 2 === 0,
  kin: n % 4,
  tags: ["red", "green", "blue"].slice(n % 3),
  at: { x: n, list: [n, n + 1] },
  ...(n % 5 === 0 ? { rare: null } : {}),
}));

async function fill(database: Database): Promise<Container> {
  const { container } = await database.containers.create({
    id: randomUUID(),
    partitionKey: { paths: ["/pk"], version: 2 },
  });
  for (const item of items) await container.items.create(item);
  return container;
}

const [ours, theirs] = [await fill(account.database), await fill(peerDatabase)];

/** What an outcome comes to, without what is each server's own: etags, resource ids, times. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    const value = await work();
    return JSON.parse(
      JSON.stringify(value ?? null, (name, part: unknown) => (name.startsWith("_") ? undefined : part)),
    );
  } catch (error) {
    return `refused with ${String((error as { code?: unknown }).code)}`;
  }
}

/** Queries whose differences are known: the peer's bug, and where the service's documentation says so. */
const unknownToIt = "The peer's parser does not know it; the service documents it.";
const differences: Readonly<Record<string, string>> = {
  "SELECT VALUE c.n FROM c WHERE c.name LIKE '%e _'": unknownToIt,
  "SELECT VALUE c.n FROM c WHERE c.name LIKE 'Name [a-c]'": unknownToIt,
  "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 2 LIMIT 3": unknownToIt,
  "SELECT DISTINCT VALUE c.kin FROM c WHERE c.kin > 0": unknownToIt,
  "SELECT c.kin, COUNT(1) AS n FROM c GROUP BY c.kin": unknownToIt,
  "SELECT VALUE c.n FROM c WHERE CONTAINS(c.name, 'NAME B', true)":
    "The peer refuses the third argument; Learn, CONTAINS has it.",
  "SELECT VALUE [ROUND(2.5), ROUND(-2.5), TRUNC(2.7), SIGN(-3), POWER(2, 3), SQRT(9)] FROM c WHERE c.n = 3":
    "The peer rounds -2.5 up, as JavaScript does; Learn, ROUND: midpoints go away from zero.",
  "SELECT VALUE [ToString(1), StringToNumber('4'), StringToBoolean('true'), IS_STRING(c.name)] FROM c WHERE c.n = 3":
    unknownToIt,
  "SELECT VALUE StringEquals(c.name, 'NAME D', true) FROM c WHERE c.n = 3": unknownToIt,
  "SELECT VALUE DateTimeAdd('dd', 1, '2024-02-28T00:00:00.0000000Z') FROM c WHERE c.n = 3": unknownToIt,
  "SELECT VALUE DateTimeDiff('hh', '2024-02-28T00:00:00Z', '2024-02-29T12:30:00Z') FROM c WHERE c.n = 3":
    unknownToIt,
};

const queries = [
  "SELECT * FROM c WHERE c.id = 'i3'",
  "SELECT c.id, c.at.x FROM c WHERE c.n >= 3 AND c.n < 6",
  "SELECT VALUE c.name FROM c WHERE c.flag AND NOT (c.n = 4)",
  "SELECT VALUE c.n FROM c WHERE c.n BETWEEN 2 AND 4",
  "SELECT VALUE c.n FROM c WHERE c.name IN ('Name a', 'Name c')",
  "SELECT VALUE c.n FROM c WHERE c.name LIKE '%e _'",
  "SELECT VALUE c.n FROM c WHERE c.name LIKE 'Name [a-c]'",
  "SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n DESC",
  "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 2 LIMIT 3",
  "SELECT VALUE c.name FROM c ORDER BY c.name DESC",
  "SELECT DISTINCT VALUE c.kin FROM c WHERE c.kin > 0",
  "SELECT VALUE COUNT(1) FROM c",
  "SELECT VALUE SUM(c.n) FROM c",
  "SELECT VALUE AVG(c.half) FROM c",
  "SELECT VALUE MIN(c.name) FROM c",
  "SELECT VALUE MAX(c.n) FROM c",
  "SELECT COUNT(1) AS n, SUM(c.n) AS total FROM c",
  "SELECT c.kin, COUNT(1) AS n FROM c GROUP BY c.kin",
  "SELECT c.id, t FROM c JOIN t IN c.tags WHERE c.n < 3",
  "SELECT VALUE l FROM c JOIN l IN c.at.list WHERE c.n = 5",
  "SELECT VALUE t FROM t IN c.tags",
  "SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 'red')",
  "SELECT c.id, ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) AS tags FROM c WHERE c.n < 3",
  "SELECT VALUE (SELECT VALUE COUNT(1) FROM t IN c.tags) FROM c WHERE c.n < 3",
  "SELECT VALUE c.rare ?? 'none' FROM c WHERE c.n < 2",
  "SELECT VALUE c.flag ? 'even' : 'odd' FROM c WHERE c.n < 2",
  "SELECT VALUE c.n + 1 FROM c WHERE c.n * 2 = 8",
  "SELECT VALUE c.n % 3 FROM c WHERE c.n < 4",
  "SELECT VALUE c.n & 3 FROM c WHERE c.n < 4",
  "SELECT VALUE c.name || '!' FROM c WHERE c.n = 1",
  "SELECT VALUE {id: c.id, list: [c.n, c.half]} FROM c WHERE c.n = 3",
  "SELECT VALUE c.n FROM c WHERE IS_DEFINED(c.rare)",
  "SELECT VALUE c.n FROM c WHERE IS_NULL(c.rare)",
  "SELECT VALUE c.n FROM c WHERE c.rare = null",
  "SELECT VALUE c.n FROM c WHERE c.missing = 1 OR c.n = 1",
  "SELECT VALUE c.n FROM c WHERE NOT (c.missing = 1)",
  "SELECT VALUE c.n FROM c WHERE c.name > 5",
  "SELECT VALUE c.n FROM c WHERE c.n != 'x' AND c.n < 2",
  "SELECT VALUE c.missing FROM c WHERE c.n < 3",
  "SELECT c.missing, c.n FROM c WHERE c.n = 1",
  "SELECT VALUE c.n FROM c WHERE CONTAINS(c.name, 'NAME B', true)",
  "SELECT VALUE c.n FROM c WHERE STARTSWITH(c.name, 'Name b')",
  "SELECT VALUE c.n FROM c WHERE ENDSWITH(c.name, 'c')",
  "SELECT VALUE c.n FROM c WHERE ARRAY_CONTAINS(c.tags, 'red')",
  "SELECT VALUE ARRAY_LENGTH(c.tags) FROM c WHERE c.n < 3",
  "SELECT VALUE ARRAY_SLICE(c.tags, 1) FROM c WHERE c.n = 3",
  "SELECT VALUE [SUBSTRING(c.name, 0, 4), LENGTH(c.name), INDEX_OF(c.name, 'm')] FROM c WHERE c.n = 3",
  "SELECT VALUE [FLOOR(c.half), CEILING(c.half), ROUND(c.half), ABS(-c.half)] FROM c WHERE c.n = 3",
  "SELECT VALUE [ROUND(2.5), ROUND(-2.5), TRUNC(2.7), SIGN(-3), POWER(2, 3), SQRT(9)] FROM c WHERE c.n = 3",
  "SELECT VALUE [UPPER(c.name), LOWER(c.name), REVERSE('abc'), TRIM(' a '), REPLICATE('a', 3)] FROM c WHERE c.n = 3",
  "SELECT VALUE [ToString(1), StringToNumber('4'), StringToBoolean('true'), IS_STRING(c.name)] FROM c WHERE c.n = 3",
  "SELECT VALUE StringEquals(c.name, 'NAME D', true) FROM c WHERE c.n = 3",
  "SELECT VALUE RegexMatch(c.name, '^name', 'i') FROM c WHERE c.n = 3",
  "SELECT VALUE DateTimeAdd('dd', 1, '2024-02-28T00:00:00.0000000Z') FROM c WHERE c.n = 3",
  "SELECT VALUE DateTimeDiff('hh', '2024-02-28T00:00:00Z', '2024-02-29T12:30:00Z') FROM c WHERE c.n = 3",
  "SELECT * FROM c WHERE",
  "SELECT * FORM c",
  "SELECT c.id FROM c ORDER BY c.kin, c.n",
  "SELECT VALUE c.n FROM c WHERE c['at']['x'] = 4",
  "SELECT VALUE c.at.list[1] FROM c WHERE c.n = 4",
];

/** Rows of these come in no order that is promised, or in groups. */
const sorted = (rows: unknown): unknown =>
  Array.isArray(rows) ? rows.map((row) => JSON.stringify(row)).sort() : rows;

it.each(queries)("answers as the peer does: %s", async (text) => {
  const run = (container: Container) =>
    outcome(async () => (await container.items.query(text).fetchAll()).resources);
  const [mine, other] = [await run(ours), await run(theirs)];
  const isOrdered = text.includes("ORDER BY");
  const [left, right] = isOrdered ? [mine, other] : [sorted(mine), sorted(other)];
  if (differences[text] === undefined) expect(left).toEqual(right);
  else expect(left, "The difference is gone: take it out of the table.").not.toEqual(right);
});

type Step = (container: Container) => Promise<unknown>;

/** What is not a query, each on documents of its own. */
const steps: Readonly<Record<string, Step>> = {
  "a create": async (c) => (await c.items.create({ id: "new", pk: "p" })).statusCode,
  "a create of what is there": (c) => c.items.create({ id: "i0", pk: "p0" }),
  "a create of the same id elsewhere": async (c) =>
    (await c.items.create({ id: "i0", pk: "other" })).statusCode,
  "an upsert that creates": async (c) => (await c.items.upsert({ id: "up", pk: "p" })).statusCode,
  "an upsert that replaces": async (c) => {
    const { statusCode, resource } = await c.items.upsert({ id: "i1", pk: "p1", n: 100 });
    return [statusCode, resource];
  },
  "a read": async (c) => (await c.item("i2", "p2").read()).resource,
  "a read of what is not there": async (c) => (await c.item("none", "p2").read()).statusCode,
  "a replace": async (c) => (await c.item("i3", "p0").replace({ id: "i3", pk: "p0", n: 30 })).resource,
  "a replace of what is not there": (c) => c.item("none", "p0").replace({ id: "none", pk: "p0" }),
  "a replace of another version": (c) =>
    c
      .item("i4", "p1")
      .replace({ id: "i4", pk: "p1" }, { accessCondition: { type: "IfMatch", condition: '"other"' } }),
  "a delete": async (c) => (await c.item("i5", "p2").delete()).statusCode,
  "a delete of what is not there": (c) => c.item("none", "p0").delete(),
  "all documents, page by page": async (c) => {
    const { resources } = await c.items.readAll<{ id: string }>({ maxItemCount: 2 }).fetchAll();
    return resources.map(({ id }) => id).sort();
  },
  "pages of a query": async (c) => {
    const pages = c.items.query("SELECT VALUE c.n FROM c ORDER BY c.n", { maxItemCount: 5 });
    return (await pages.fetchAll()).resources;
  },
  "a query of a partition key": async (c) =>
    (await c.items.query("SELECT VALUE c.id FROM c", { partitionKey: "p1" }).fetchAll()).resources.sort(),
  "the container": async (c) => (await c.read()).resource?.partitionKey?.paths,
  "a container that is there": (c) => c.database.containers.create({ id: c.id, partitionKey: "/pk" }),
  "a container that is not there": (c) => c.database.container("none").read(),
};

const stepDifferences: Readonly<Record<string, string>> = {
  "a query of a partition key": "The peer takes no notice of the key and answers from all of them.",
};

it.each(Object.entries(steps))("does as the peer does: %s", async (name, step) => {
  const [mine, other] = [
    await outcome(async () => step(await fill(account.database))),
    await outcome(async () => step(await fill(peerDatabase))),
  ];
  if (stepDifferences[name] === undefined) expect(mine).toEqual(other);
  else expect(mine, "The difference is gone: take it out of the table.").not.toEqual(other);
});
