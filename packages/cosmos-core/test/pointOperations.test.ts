import { type Container, Items } from "@azure/cosmos";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { createCredential, ensureContainer, items, openContainer } from "../src/index.ts";
import { sendBatch } from "../src/sdk/batchRequest.ts";
import { bytesOf, type PointAnswer, type PointOperation } from "../src/sdk/pointOperation.ts";
import { sendAlone } from "../src/sdk/pointRequest.ts";
import { requestsOf } from "./requestCount.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 2 });
let container: Container;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  container = emulator.client().database("appdb").container(items.id);
});

const signal = new AbortController().signal;
const one = (operation: PointOperation): Promise<PointAnswer> => sendAlone(container, operation, signal);
const together = async (...operations: PointOperation[]): Promise<readonly PointAnswer[]> =>
  (await sendBatch(container, operations, signal)).answers;

const body = (id: string, name = "unnamed") => ({ id, pk: id, name });
const write = (kind: "create" | "upsert" | "replace", id: string, ifMatch?: string): PointOperation => ({
  kind,
  key: { id, pk: id },
  body: body(id, kind),
  size: JSON.stringify(body(id, kind)).length,
  ...(kind === "replace" ? { ifMatch } : {}),
});
const onItem = (kind: "read" | "delete", id: string, ifMatch?: string): PointOperation => ({
  kind,
  key: { id, pk: id },
  ...(kind === "delete" ? { ifMatch } : {}),
});
const patch = (id: string, ifMatch?: string): PointOperation => ({
  kind: "patch",
  key: { id, pk: id },
  steps: [{ op: "set", path: "/name", value: "patch" }],
  size: 50,
  ifMatch,
});

/** What an answer says, without what is never twice the same. */
const gist = ({ status, substatus = 0, requestCharge, document, activityId }: PointAnswer) => ({
  status,
  hasActivityId: activityId !== undefined,
  substatus,
  requestCharge,
  name: document?.["name"],
});

describe("every operation is answered alone as in a batch", () => {
  /** Operations on an item that is there, whose etag is given, and on one that is not. */
  const cases: Readonly<Record<string, (id: string, etag: string) => PointOperation>> = {
    read: (id) => onItem("read", id),
    create: (id) => write("create", id),
    upsert: (id) => write("upsert", id),
    replace: (id) => write("replace", id),
    patch: (id) => patch(id),
    delete: (id) => onItem("delete", id),
    "replace of this version": (id, etag) => write("replace", id, etag),
    "patch of this version": (id, etag) => patch(id, etag),
    "delete of this version": (id, etag) => onItem("delete", id, etag),
    "replace of another version": (id) => write("replace", id, '"other"'),
    "patch of another version": (id) => patch(id, '"other"'),
    "delete of another version": (id) => onItem("delete", id, '"other"'),
  };
  const expected: Readonly<Record<string, readonly [there: number, absent: number]>> = {
    read: [200, 404],
    create: [409, 201],
    upsert: [200, 201],
    replace: [200, 404],
    patch: [200, 404],
    delete: [204, 404],
    "replace of this version": [200, 404],
    "patch of this version": [200, 404],
    "delete of this version": [204, 404],
    "replace of another version": [412, 404],
    "patch of another version": [412, 404],
    "delete of another version": [412, 404],
  };

  test.each(Object.entries(cases))("%s", async (name, make) => {
    const [idAlone, idTogether] = [`${name} a`, `${name} t`];
    const made = await Promise.all(
      [idAlone, idTogether].map((id) => container.items.create(body(id, "old"))),
    );
    const [etagAlone = "", etagTogether = ""] = made.map(({ etag }) => etag);
    const there = await one(make(idAlone, etagAlone));
    const absent = await one(make(`${idAlone} none`, '"none"'));
    const both = await together(make(idTogether, etagTogether), make(`${idTogether} none`, '"none"'));
    expect([there.status, absent.status]).toEqual(expected[name]);
    expect(both.map(gist)).toEqual([there, absent].map(gist));
  });
});

test("a batch over several physical partitions answers in the order of its operations", async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  await together(...ids.map((id) => write("upsert", id)));
  const answers = await together(...ids.map((id) => onItem("read", id)));
  expect(answers.map(({ document }) => document?.id)).toEqual(ids);
});

test("answers of a batch leave documents out where nobody reads one, and nowhere else", async () => {
  const ids = ["small-1", "small-2", "small-3"];
  const minimal = ids.map(
    (id): PointOperation => ({ ...write("upsert", id), kind: "upsert", isMinimal: true }) as PointOperation,
  );
  const found = async (operations: readonly PointOperation[]) => {
    const answers = await together(...operations);
    const stored = await together(...ids.map((id) => onItem("read", id)));
    expect(answers.map(({ etag }) => etag)).toEqual(stored.map(({ etag }) => etag));
    expect(answers.every(({ requestCharge }) => requestCharge > 1)).toBe(true);
    return answers.map(({ document }) => document?.id);
  };
  expect(await found(minimal)).toEqual(ids.map(() => undefined));
  expect(await found([...minimal.slice(0, 2), write("upsert", "small-3")])).toEqual(ids);
});

test("with an SDK that has no items.bulk operations go out alone", async () => {
  const bulk = Object.getOwnPropertyDescriptor(Items.prototype, "bulk") as PropertyDescriptor;
  Reflect.deleteProperty(Items.prototype, "bulk");
  try {
    const { store } = await openContainer(emulator.client(), "appdb", items);
    const ids = Array.from({ length: 20 }, (_, index) => `plain-${index}`);
    const requests = await requestsOf(emulator, async () => {
      const results = await Promise.all(ids.map((id) => store.upsert(body(id))));
      expect(results.map(({ item }) => item.id)).toEqual(ids);
    });
    expect(requests).toBe(ids.length);
  } finally {
    Object.defineProperty(Items.prototype, "bulk", bulk);
  }
});

test("an operation's bytes in a batch are never thought to be fewer: the SDK would make two requests of one", () => {
  const text = fc.string({ unit: codePoint, maxLength: 60 });
  const pk = fc.oneof(text, fc.array(fc.oneof(text, fc.double(), fc.constant(null)), { maxLength: 3 }));
  const operation = fc.record({ id: text, pk, name: text, ifMatch: text });
  fc.assert(
    fc.property(operation, ({ id, pk: value, name, ifMatch }) => {
      const document = { id, name };
      const size = Buffer.byteLength(JSON.stringify(document));
      const key = { id, pk: value };
      // Source of the form: `@azure/cosmos`, utils/batch.js.
      const wire = {
        operationType: "Replace",
        id,
        partitionKey: JSON.stringify(Array.isArray(value) ? value : [value]),
        resourceBody: document,
        ifMatch,
      };
      expect(bytesOf({ kind: "replace", key, body: document, size, ifMatch })).toBeGreaterThanOrEqual(
        Buffer.byteLength(JSON.stringify(wire)),
      );
    }),
    { numRuns: 1_000 },
  );
});
