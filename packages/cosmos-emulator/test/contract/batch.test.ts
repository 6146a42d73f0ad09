import { randomUUID } from "node:crypto";
import type { OperationInput } from "@azure/cosmos";
import { expect, it } from "vitest";
import type { WireAnswer } from "../httpsRequest.ts";
import { docsPath, keyHeader, openAccount } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();
const path = docsPath(container);

interface Result {
  readonly statusCode: number;
  readonly subStatusCode?: number;
  readonly requestCharge: number;
  readonly eTag?: string;
  readonly resourceBody?: Record<string, unknown>;
}

interface BatchAnswer extends WireAnswer {
  readonly results: readonly Result[];
  readonly statuses: readonly number[];
}

async function send(operations: unknown, headers: Record<string, string>): Promise<BatchAnswer> {
  const answer = await account.raw({
    method: "POST",
    path,
    headers: { "x-ms-cosmos-is-batch-request": "True", ...headers },
    body: typeof operations === "string" ? operations : JSON.stringify(operations),
  });
  const parsed: unknown = answer.text === "" ? [] : JSON.parse(answer.text);
  const results = Array.isArray(parsed) ? (parsed as Result[]) : [];
  return { ...answer, results, statuses: results.map(({ statusCode }) => statusCode) };
}

const atomic = (
  operations: unknown,
  pk: string,
  headers: Record<string, string> = {},
): Promise<BatchAnswer> =>
  send(operations, { "x-ms-cosmos-batch-atomic": "True", ...keyHeader(pk), ...headers });

const bulk = (operations: unknown, headers: Record<string, string> = {}): Promise<BatchAnswer> =>
  send(operations, {
    "x-ms-cosmos-batch-atomic": "False",
    "x-ms-cosmos-batch-continue-on-error": "True",
    "x-ms-documentdb-partitionkeyrangeid": "0",
    ...headers,
  });

const create = (id: string, pk: string, rest: object = {}): object => ({
  operationType: "Create",
  resourceBody: { ...rest, id, pk },
});

async function idsOf(pk: string, ids: readonly string[]): Promise<string[]> {
  const reads = await Promise.all(ids.map((id) => container.item(id, pk).read()));
  return reads.flatMap(({ statusCode }, index) => (statusCode === 200 ? [String(ids[index])] : []));
}

it("runs every kind of operation as one transaction, each seeing what those before it wrote", async () => {
  const pk = randomUUID();
  await container.items.create({ id: "there", pk, n: 1 });
  await container.items.create({ id: "old", pk });
  const operations: OperationInput[] = [
    { operationType: "Create", resourceBody: { id: "new", pk, n: 1 } },
    { operationType: "Upsert", resourceBody: { id: "new", pk, n: 2 } },
    { operationType: "Upsert", resourceBody: { id: "newer", pk } },
    {
      operationType: "Patch",
      id: "new",
      resourceBody: { operations: [{ op: "incr", path: "/n", value: 5 }] },
    },
    { operationType: "Replace", id: "there", resourceBody: { id: "there", pk, n: 9 } },
    { operationType: "Delete", id: "old" },
    { operationType: "Read", id: "new" },
  ];
  const { code, result } = await container.items.batch(operations, pk);
  expect(code).toBe(200);
  expect(result?.map(({ statusCode }) => statusCode)).toEqual([201, 200, 201, 200, 200, 204, 200]);
  expect(result?.at(-1)?.resourceBody).toMatchObject({ id: "new", pk, n: 7 });
  for (const { statusCode, eTag, resourceBody, requestCharge } of result ?? []) {
    expect(requestCharge).toBeGreaterThan(0);
    if (statusCode === 204) expect([eTag, resourceBody]).toEqual([undefined, undefined]);
    else expect(eTag).toBe(resourceBody?.["_etag"]);
  }
  expect(await idsOf(pk, ["new", "newer", "there", "old"])).toEqual(["new", "newer", "there"]);
});

it.each([
  ["a create of what is there", { operationType: "Create", resourceBody: { id: "there" } }, 409],
  ["a read of nothing", { operationType: "Read", id: "none" }, 404],
  ["a delete of nothing", { operationType: "Delete", id: "none" }, 404],
  ["a replace of nothing", { operationType: "Replace", id: "none", resourceBody: { id: "none" } }, 404],
  [
    "a patch of nothing",
    { operationType: "Patch", id: "none", resourceBody: [{ op: "set", path: "/a", value: 1 }] },
    404,
  ],
  [
    "a patch that does not apply",
    { operationType: "Patch", id: "there", resourceBody: [{ op: "remove", path: "/a" }] },
    400,
  ],
  [
    "a patch whose condition does not hold",
    {
      operationType: "Patch",
      id: "there",
      resourceBody: { condition: "FROM c WHERE false", operations: [{ op: "set", path: "/a", value: 1 }] },
    },
    412,
  ],
  ["a stale version", { operationType: "Upsert", ifMatch: '"stale"', resourceBody: { id: "there" } }, 412],
  ["a stale version to delete", { operationType: "Delete", id: "there", ifMatch: '"stale"' }, 412],
  ["a document without an id", { operationType: "Create", resourceBody: {} }, 400],
  [
    "a document of another partition key",
    { operationType: "Create", resourceBody: { id: "a", pk: "other" } },
    400,
  ],
  ["a body that is no object", { operationType: "Create", resourceBody: "text" }, 400],
  ["no body", { operationType: "Upsert" }, 400],
])(
  "does nothing of a transactional batch with %s, and answers 424 for the others",
  async (_, failing, status) => {
    const pk = randomUUID();
    const { etag } = await container.items.create({ id: "there", pk, n: 1 });
    const { resourceBody } = failing as { resourceBody?: object };
    const operation =
      resourceBody?.constructor === Object && "id" in resourceBody
        ? { ...failing, resourceBody: { pk, ...resourceBody } }
        : failing;
    const answer = await atomic(
      [
        create("first", pk),
        { operationType: "Patch", id: "there", resourceBody: [{ op: "incr", path: "/n", value: 1 }] },
        operation,
        { operationType: "Delete", id: "there" },
      ],
      pk,
    );
    expect([answer.status, answer.statuses]).toEqual([207, [424, 424, status, 424]]);
    expect(await idsOf(pk, ["first", "there"])).toEqual(["there"]);
    expect((await container.item("there", pk).read()).etag).toBe(etag);
    expect((await container.items.create({ id: "first", pk })).statusCode).toBe(201);
  },
);

it("reports a failed batch through the SDK with the status of each operation", async () => {
  const pk = randomUUID();
  const { code, result } = await container.items.batch(
    [
      { operationType: "Create", resourceBody: { id: "a", pk } },
      { operationType: "Create", resourceBody: { id: "a", pk } },
    ],
    pk,
  );
  expect([code, result?.map(({ statusCode }) => statusCode)]).toEqual([207, [424, 409]]);
});

it("says in a batch's answer that the document's partition key is another", async () => {
  const answer = await atomic([create("a", "other")], randomUUID());
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([207, "1001"]);
});

it.each([
  ["no array", { operationType: "Read", id: "a" }],
  ["an empty array", []],
  ["101 operations", Array.from({ length: 101 }, () => ({ operationType: "Read", id: "a" }))],
  ["an unknown operation", [{ operationType: "Move", id: "a" }]],
  ["an operation named like a property of all objects", [{ operationType: "constructor", id: "a" }]],
  ["an operation that is no object", [null]],
  ["no operation type", [{ id: "a" }]],
  ["a read without an id", [{ operationType: "Read" }]],
  ["an id that is a number", [{ operationType: "Read", id: 1 }]],
  ["no JSON", "["],
])("refuses a batch of %s as a whole", async (_, operations) => {
  for (const answer of [await atomic(operations, "p"), await bulk(operations)]) {
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  }
});

it("refuses operations of several partition keys in a transactional batch", async () => {
  const pk = randomUUID();
  const other = { operationType: "Read", id: "a", partitionKey: '["other"]' };
  const answer = await atomic([create("first", pk), other], pk);
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([400, "1001"]);
  expect(answer.text).toContain("different partition key value than the request");
  expect(await idsOf(pk, ["first"])).toEqual([]);
});

it("refuses a transactional batch without a partition key", async () => {
  const answer = await send([create("a", "p")], { "x-ms-cosmos-batch-atomic": "True" });
  expect(answer.status).toBe(400);
});

it("takes 100 operations, and 2 MB but no more", async () => {
  const pk = randomUUID();
  const many = Array.from({ length: 100 }, (_, n) => create(`n-${n}`, pk));
  expect((await atomic(many, pk)).statuses).toEqual(many.map(() => 201));
  const large = Array.from({ length: 3 }, (_, n) => create(`l-${n}`, pk, { fill: "x".repeat(700_000) }));
  expect((await atomic(large, pk)).status).toBe(413);
  expect(await idsOf(pk, ["l-0"])).toEqual([]);
  expect((await atomic(large.slice(0, 2), pk)).status).toBe(200);
});

it("refuses a batch whose answer would be larger than 4 MB", async () => {
  const pk = randomUUID();
  await container.items.create({ id: "large", pk, fill: "x".repeat(1_500_000), n: 0 });
  const reads = Array.from({ length: 4 }, () => ({
    operationType: "Read",
    id: "large",
    partitionKey: JSON.stringify([pk]),
  }));
  const whole = await atomic(reads, pk);
  expect([whole.status, whole.statuses]).toEqual([207, [424, 424, 413, 424]]);
  const each = await bulk(reads);
  expect(each.results.map(({ statusCode, subStatusCode }) => [statusCode, subStatusCode])).toEqual([
    [200, undefined],
    [200, undefined],
    [413, 3402],
    [413, 3402],
  ]);
  const patches = reads.map((read) => ({
    ...read,
    operationType: "Patch",
    resourceBody: [{ op: "incr", path: "/n", value: 1 }],
  }));
  expect((await bulk(patches)).statuses).toEqual([200, 200, 413, 413]);
  expect((await bulk(patches, { prefer: "return=minimal" })).statuses).toEqual([200, 200, 200, 200]);
  expect((await container.item("large", pk).read()).resource).toMatchObject({ n: 6 });
});

it("sends no documents back from writes to who prefers none", async () => {
  const pk = randomUUID();
  const options = { contentResponseOnWriteEnabled: false };
  const operations: OperationInput[] = [
    { operationType: "Create", resourceBody: { id: "a", pk } },
    { operationType: "Read", id: "a" },
  ];
  const { result } = await container.items.batch(operations, pk, options);
  expect(result?.map(({ resourceBody }) => resourceBody?.["id"])).toEqual([undefined, "a"]);
  expect(result?.[0]?.eTag).toBe(result?.[1]?.eTag);
});

it("writes single documents without sending them back to who prefers that", async () => {
  const id = randomUUID();
  const body = JSON.stringify({ id, pk: "p" });
  const headers = { ...keyHeader("p"), prefer: "return=minimal" };
  const created = await account.raw({ method: "POST", path, headers, body });
  const replaced = await account.raw({ method: "PUT", path: `${path}/${id}`, headers, body });
  expect([created.status, created.text, replaced.status, replaced.text]).toEqual([201, "", 200, ""]);
  const read = await account.raw({ path: `${path}/${id}`, headers });
  expect([read.json()["id"], read.headers.etag]).toEqual([id, replaced.headers.etag]);
});

it("answers 304 in a batch to who has the version", async () => {
  const pk = randomUUID();
  const { etag } = await container.items.create({ id: "a", pk });
  const answer = await atomic([{ operationType: "Read", id: "a", ifNoneMatch: etag }], pk);
  expect([answer.status, answer.statuses, answer.results[0]?.resourceBody]).toEqual([200, [304], undefined]);
});

it("lets each operation of a bulk request stand for itself, whatever its partition key", async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  const operations = [
    { ...create("a", one), partitionKey: JSON.stringify([one]) },
    { ...create("a", one), partitionKey: JSON.stringify([one]) },
    { ...create("a", two), partitionKey: JSON.stringify([two]) },
    { ...create("b", two), partitionKey: JSON.stringify([one]) },
    { operationType: "Read", id: "none", partitionKey: JSON.stringify([one]) },
    { operationType: "Read", id: "a", partitionKey: "no JSON" },
    { operationType: "Delete", id: "a" },
    { operationType: "Read", id: "a", partitionKey: JSON.stringify([two]) },
  ];
  const answer = await bulk(operations);
  expect([answer.status, answer.statuses]).toEqual([207, [201, 409, 201, 400, 404, 400, 400, 200]]);
  expect(answer.results[3]?.subStatusCode).toBe(1001);
  expect(await idsOf(one, ["a", "b"])).toEqual(["a"]);
  expect(await idsOf(two, ["a", "b"])).toEqual(["a"]);
});

it("stops a bulk request at its first failure for who wants that, and keeps what was done", async () => {
  const pk = randomUUID();
  const partitionKey = JSON.stringify([pk]);
  const operations = ["a", "a", "b"].map((id) => ({ ...create(id, pk), partitionKey }));
  const answer = await bulk(operations, { "x-ms-cosmos-batch-continue-on-error": "False" });
  expect([answer.status, answer.statuses]).toEqual([207, [201, 409, 424]]);
  expect(await idsOf(pk, ["a", "b"])).toEqual(["a"]);
});

it("answers 410 with 1002 to a bulk request for a range that is not there", async () => {
  const operation = { ...create("a", "p"), partitionKey: '["p"]' };
  const answer = await bulk([operation], { "x-ms-documentdb-partitionkeyrangeid": "77" });
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([410, "1002"]);
});

it("runs the SDK's bulk requests, old and new", async () => {
  const keys = Array.from({ length: 12 }, () => randomUUID());
  const operations: OperationInput[] = keys.flatMap((pk) => [
    { operationType: "Create", partitionKey: pk, resourceBody: { id: "a", pk, n: 1 } },
    { operationType: "Upsert", partitionKey: pk, resourceBody: { id: "a", pk, n: 2 } },
    {
      operationType: "Patch",
      partitionKey: pk,
      id: "a",
      resourceBody: { operations: [{ op: "incr", path: "/n", value: 1 }] },
    },
    { operationType: "Read", partitionKey: pk, id: "a" },
    { operationType: "Delete", partitionKey: pk, id: "none" },
  ]);
  const statuses = keys.flatMap(() => [201, 200, 200, 200, 404]);
  const old = await container.items.bulk(operations);
  expect(old.map(({ statusCode }) => statusCode)).toEqual(statuses);
  expect(old[3]?.resourceBody).toMatchObject({ n: 3 });
  await Promise.all(keys.map((pk) => container.item("a", pk).delete()));
  const results = await container.items.executeBulkOperations(operations);
  expect(results.map(({ response, error }) => Number(response?.statusCode ?? error?.code))).toEqual(statuses);
});

it("does nothing of a batch whose document breaks a limit", async () => {
  const pk = randomUUID();
  const answer = await atomic([create("a", pk), create("x".repeat(1024), pk)], pk);
  expect(answer.statuses).toEqual([424, 400]);
  expect(await idsOf(pk, ["a"])).toEqual([]);
});

it("moves the session token once a batch was written", async () => {
  const pk = randomUUID();
  const lsn = (answer: WireAnswer): number =>
    Number(/#(\d+)/.exec(String(answer.headers["x-ms-session-token"]))?.[1]);
  const first = await atomic([create("a", pk)], pk);
  const failed = await atomic([create("b", pk), create("a", pk)], pk);
  const second = await atomic([create("b", pk)], pk);
  expect(lsn(failed)).toBe(lsn(first));
  expect(lsn(second)).toBeGreaterThan(lsn(first));
});
