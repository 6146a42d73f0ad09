import { randomUUID } from "node:crypto";
import type { Container, PatchRequestBody } from "@azure/cosmos";
import { expect, it } from "vitest";
import type { WireAnswer } from "../httpsRequest.ts";
import { docsPath, emulatorIt, keyHeader, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();

/** A new document of partition key "p" with these properties. */
async function newItem(rest: object, where: Container = container): Promise<string> {
  const id = randomUUID();
  await where.items.create({ ...rest, id, pk: "p" });
  return id;
}

async function patched(rest: object, body: unknown): Promise<object> {
  const id = await newItem(rest);
  const { resource } = await container.item(id, "p").patch(body as PatchRequestBody);
  const { resource: read } = await container.item(id, "p").read();
  expect(read).toEqual(resource);
  const {
    id: _id,
    pk,
    _rid,
    _self,
    _etag,
    _attachments,
    _ts,
    ...content
  } = resource as Record<string, unknown>;
  expect([_id, pk]).toEqual([id, "p"]);
  return content;
}

const rawPatch = (id: string, body: string, headers: Record<string, string> = {}): Promise<WireAnswer> =>
  account.raw({
    method: "PATCH",
    path: `${docsPath(container)}/${id}`,
    headers: { ...keyHeader("p"), "content-type": "application/json_patch+json", ...headers },
    body,
  });

it("applies the documentation's own example", async () => {
  const before = {
    name: "R-410 Road Bicycle",
    price: 455.95,
    inventory: { quantity: 15 },
    used: false,
    tags: ["r-series"],
  };
  const operations = [
    { op: "add", path: "/color", value: "silver" },
    { op: "remove", path: "/used" },
    { op: "set", path: "/price", value: 355.45 },
    { op: "incr", path: "/inventory/quantity", value: 10 },
    { op: "add", path: "/tags/-", value: "featured-bikes" },
    { op: "move", from: "/color", path: "/inventory/color" },
  ];
  expect(await patched(before, operations)).toEqual({
    name: "R-410 Road Bicycle",
    price: 355.45,
    inventory: { quantity: 25, color: "silver" },
    tags: ["r-series", "featured-bikes"],
  });
});

it.each([
  ["add inserts at an index", { op: "add", path: "/list/1", value: "x" }, { list: ["a", "x", "b"], n: 1 }],
  ["add appends at the length", { op: "add", path: "/list/2", value: "x" }, { list: ["a", "b", "x"], n: 1 }],
  ["set replaces at an index", { op: "set", path: "/list/1", value: "x" }, { list: ["a", "x"], n: 1 }],
  [
    "replace replaces at an index",
    { op: "replace", path: "/list/0", value: null },
    { list: [null, "b"], n: 1 },
  ],
  ["remove closes the gap", { op: "remove", path: "/list/0" }, { list: ["b"], n: 1 }],
  ["incr takes a negative number", { op: "incr", path: "/n", value: -2.5 }, { list: ["a", "b"], n: -1.5 }],
  ["incr makes what is missing", { op: "incr", path: "/m", value: 3 }, { list: ["a", "b"], n: 1, m: 3 }],
  [
    "add replaces a property",
    { op: "add", path: "/n", value: { deep: [] } },
    { list: ["a", "b"], n: { deep: [] } },
  ],
  ["set makes a property", { op: "set", path: "/x", value: false }, { list: ["a", "b"], n: 1, x: false }],
  ["names are escaped", { op: "set", path: "/a~1b~0c", value: 1 }, { list: ["a", "b"], n: 1, "a/b~c": 1 }],
])("%s", async (_, operation, after) => {
  expect(await patched({ list: ["a", "b"], n: 1 }, { operations: [operation] })).toEqual(after);
});

it.each([
  [
    "a replace of what is missing",
    { op: "replace", path: "/x", value: 1 },
    "Node(/x) to be replaced is absent",
  ],
  ["a remove of what is missing", { op: "remove", path: "/x" }, "Node(/x) to be removed is absent"],
  ["a move of what is missing", { op: "move", from: "/x", path: "/y" }, "Node(/x) to be removed is absent"],
  ["an add below nothing", { op: "add", path: "/x/y", value: 1 }, "no path found beyond: 'x'"],
  ["a set below a number", { op: "set", path: "/n/y", value: 1 }, "no path found beyond"],
  [
    "an index beyond the end",
    { op: "add", path: "/list/3", value: 1 },
    "Index(3) to operate on is out of array bounds",
  ],
  ["a removed index beyond the end", { op: "remove", path: "/list/2" }, "out of array bounds"],
  ["an index with a leading zero", { op: "add", path: "/list/01", value: 1 }, "out of array bounds"],
  ["an increment of a string", { op: "incr", path: "/list/0", value: 1 }, "Node(/list/0) is not a number"],
  ["an increment past all numbers", { op: "incr", path: "/big", value: 1.7e308 }, "finite"],
  ["a move into itself", { op: "move", from: "/o", path: "/o/p" }, "child of the node"],
])("refuses %s, and says which operation it was", async (_, operation, message) => {
  const id = await newItem({ list: ["a", "b"], n: 1, o: { p: 1 }, big: 1.7e308 });
  const body = JSON.stringify({ operations: [{ op: "set", path: "/changed", value: true }, operation] });
  const answer = await rawPatch(id, body);
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  expect(answer.text).toContain("For Operation(2)");
  expect(answer.text).toContain(message);
  expect((await container.item(id, "p").read()).resource).not.toHaveProperty("changed");
});

it.each([
  ["nothing", {}],
  ["no operations", { operations: [] }],
  ["an unknown operation", { operations: [{ op: "copy", from: "/a", path: "/b" }] }],
  ["no path", { operations: [{ op: "set", value: 1 }] }],
  ["a path without its slash", { operations: [{ op: "set", path: "a", value: 1 }] }],
  ["the whole document", { operations: [{ op: "set", path: "", value: {} }] }],
  ["a tilde that escapes nothing", { operations: [{ op: "set", path: "/a~2", value: 1 }] }],
  ["no value", { operations: [{ op: "set", path: "/a" }] }],
  ["an increment by a string", { operations: [{ op: "incr", path: "/a", value: "1" }] }],
  ["a move from nowhere", { operations: [{ op: "move", path: "/a" }] }],
  [
    "eleven operations",
    { operations: Array.from({ length: 11 }, () => ({ op: "incr", path: "/n", value: 1 })) },
  ],
  ["the id", { operations: [{ op: "set", path: "/id", value: "other" }] }],
  ["a system property", { operations: [{ op: "set", path: "/_ts", value: 1 }] }],
  ["the partition key", { operations: [{ op: "set", path: "/pk", value: "q" }] }],
  ["the partition key, by a move", { operations: [{ op: "move", from: "/pk", path: "/other" }] }],
  ["a time to live of 0", { operations: [{ op: "set", path: "/ttl", value: 0 }] }],
  ["a condition that is no text", { condition: 1, operations: [{ op: "incr", path: "/n", value: 1 }] }],
  [
    "a condition without FROM",
    { condition: "WHERE c.n = 1", operations: [{ op: "incr", path: "/n", value: 1 }] },
  ],
  [
    "a condition that does not parse",
    { condition: "FROM c WHERE (", operations: [{ op: "incr", path: "/n", value: 1 }] },
  ],
  ["a string", "set"],
])("refuses a patch of %s", async (_, body) => {
  const id = await newItem({ n: 1 });
  const answer = await rawPatch(id, JSON.stringify(body));
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  expect((await container.item(id, "p").read()).resource).toMatchObject({ id, pk: "p", n: 1 });
});

it("refuses numbers that JSON cannot hold, wherever they come", async () => {
  const id = await newItem({ n: 1 });
  const path = docsPath(container);
  const created = await account.raw({
    method: "POST",
    path,
    headers: keyHeader("p"),
    body: `{"id":"${randomUUID()}","pk":"p","deep":[{"n":-1e400}]}`,
  });
  expect(created.status).toBe(400);
  expect((await rawPatch(id, '[{"op":"set","path":"/m","value":[1e400]}]')).status).toBe(400);
  expect((await rawPatch(id, '[{"op":"incr","path":"/m","value":1e400}]')).status).toBe(400);
});

it("takes ten operations", async () => {
  const operations = Array.from({ length: 10 }, () => ({ op: "incr", path: "/n", value: 1 }));
  expect(await patched({ n: 1 }, operations)).toEqual({ n: 11 });
});

it("patches only what satisfies the condition", async () => {
  const id = await newItem({ n: 1, tags: ["a"] });
  const item = container.item(id, "p");
  const when = (condition: string): PatchRequestBody => ({
    condition,
    operations: [{ op: "incr", path: "/n", value: 1 }],
  });
  const { resource } = await item.patch(when("from c where c.n = 1 and ARRAY_CONTAINS(c.tags, 'a')"));
  expect(resource).toMatchObject({ n: 2 });
  expect(await refusal(item.patch(when("from c where c.n = 1")))).toMatchObject({ code: 412 });
  expect(await refusal(item.patch(when("FROM c WHERE c.missing = c.missing")))).toMatchObject({ code: 412 });
  expect((await item.patch(when(`FROM x WHERE x.id = '${id}'`))).statusCode).toBe(200);
  expect((await item.read()).resource).toMatchObject({ n: 3 });
});

it("patches only when If-Match holds, and gives the document a new etag", async () => {
  const id = await newItem({ n: 1 });
  const item = container.item(id, "p");
  const { etag } = await item.read();
  const body: PatchRequestBody = [{ op: "incr", path: "/n", value: 1 }];
  const accessCondition = { type: "IfMatch", condition: etag };
  const { etag: second, resource } = await item.patch(body, { accessCondition });
  expect(second).not.toBe(etag);
  expect(resource?._etag).toBe(second);
  expect(await refusal(item.patch(body, { accessCondition }))).toMatchObject({ code: 412 });
  expect((await item.read()).resource).toMatchObject({ n: 2, _etag: second });
});

it("answers 404 to a patch of what is not there", async () => {
  const item = container.item(randomUUID(), "p");
  expect(await refusal(item.patch([{ op: "set", path: "/a", value: 1 }]))).toMatchObject({ code: 404 });
});

it("loses none of many increments at once", async () => {
  const id = await newItem({ n: 0 });
  const body: PatchRequestBody = [{ op: "incr", path: "/n", value: 1 }];
  await Promise.all(Array.from({ length: 32 }, () => container.item(id, "p").patch(body)));
  expect((await container.item(id, "p").read()).resource).toMatchObject({ n: 32 });
});

it("patches the time to live", async () => {
  const id = await newItem({ n: 1 });
  await rawPatch(id, JSON.stringify({ operations: [{ op: "set", path: "/ttl", value: 100 }] }));
  expect((await container.item(id, "p").read()).resource).toMatchObject({ ttl: 100 });
});

it("has no body for who prefers none", async () => {
  const id = await newItem({ n: 1 });
  const body = JSON.stringify([{ op: "incr", path: "/n", value: 1 }]);
  const answer = await rawPatch(id, body, { prefer: "return=minimal" });
  expect([answer.status, answer.text]).toEqual([200, ""]);
  expect(answer.headers.etag).toBe((await container.item(id, "p").read()).etag);
});

it("refuses a patch that makes the document larger than 2 MB", async () => {
  const id = await newItem({ fill: "x".repeat(1_500_000), n: 1 });
  const answer = await rawPatch(
    id,
    JSON.stringify({ operations: [{ op: "set", path: "/more", value: "x".repeat(700_000) }] }),
  );
  expect(answer.status).toBe(413);
  expect((await container.item(id, "p").read()).resource).not.toHaveProperty("more");
});

it("keeps properties with the names of JavaScript's own, and changes no prototype", async () => {
  const id = await newItem({});
  const operations = [
    { op: "add", path: "/__proto__", value: { polluted: 1 } },
    { op: "add", path: "/__proto__/deep", value: 2 },
    { op: "set", path: "/constructor", value: { prototype: {} } },
    { op: "set", path: "/constructor/prototype/polluted", value: 3 },
    { op: "incr", path: "/toString", value: 4 },
  ];
  const answer = await rawPatch(id, JSON.stringify({ operations }));
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('"__proto__":{"polluted":1,"deep":2}');
  expect(answer.text).toContain('"constructor":{"prototype":{"polluted":3}},"toString":4');
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  const again = await rawPatch(id, JSON.stringify([{ op: "add", path: "/hasOwnProperty/x", value: 1 }]));
  expect(again.status).toBe(400);
});

emulatorIt("keeps to 128 levels", "the service's message is not known", async () => {
  const id = await newItem({});
  for (const levels of [129, 100_000]) {
    const deep = `${"[".repeat(levels)}${"]".repeat(levels)}`;
    const answer = await rawPatch(id, `[{"op":"set","path":"/deep","value":${deep}}]`);
    expect(answer.status).toBe(400);
  }
  const inner = `${"[".repeat(128)}${"]".repeat(128)}`;
  const outer = await rawPatch(
    id,
    `[{"op":"set","path":"/o","value":{}},{"op":"set","path":"/o/deep","value":${inner}}]`,
  );
  expect(outer.status).toBe(400);
  const path = "/a".repeat(100_000);
  expect((await rawPatch(id, `[{"op":"set","path":"${path}","value":1}]`)).status).toBe(400);
});
