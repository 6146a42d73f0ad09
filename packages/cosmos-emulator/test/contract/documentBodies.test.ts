import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { WireAnswer } from "../httpsRequest.ts";
import { docsPath, emulatorIt, keyHeader, openAccount } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();
const path = docsPath(container);

const create = (body: string | Buffer, headers = keyHeader("p")): Promise<WireAnswer> =>
  account.raw({ method: "POST", path, headers, body });

const read = (id: string): Promise<WireAnswer> =>
  account.raw({ path: `${path}/${id}`, headers: keyHeader("p") });

/** A document of exactly that many bytes of JSON. */
function documentOf(bytes: number, id: string = randomUUID()): { id: string; text: string } {
  const frame = JSON.stringify({ id, pk: "p", fill: "" });
  return { id, text: JSON.stringify({ id, pk: "p", fill: "x".repeat(bytes - frame.length) }) };
}

it.each([
  ["nothing", ""],
  ["half an object", '{"id":"a"'],
  ["no JSON", "hello"],
  ["JavaScript", "{id:'a'}"],
  ["an array", '[{"id":"a","pk":"p"}]'],
  ["a string", '"a"'],
  ["a number", "1"],
  ["null", "null"],
])("refuses a body that is %s", async (_, body) => {
  const answer = await create(body);
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
});

it("refuses a body that is not UTF-8, and keeps nothing of it", async () => {
  const id = randomUUID();
  const body = Buffer.concat([
    Buffer.from(`{"id":"${id}","pk":"p","text":"`),
    Buffer.of(0xc3, 0x28, 0xff),
    Buffer.from('"}'),
  ]);
  expect((await create(body)).status).toBe(400);
  expect((await read(id)).status).toBe(404);
});

it.each([
  ["is missing", {}],
  ["is empty", { id: "" }],
  ["is a number", { id: 7 }],
  ["is null", { id: null }],
  ["is an object", { id: {} }],
])("refuses a document whose id %s", async (_, rest) => {
  const answer = await create(JSON.stringify({ ...rest, pk: "p" }));
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
});

it("takes 2 MiB and refuses one byte more with 413", async () => {
  const exact = documentOf(2 * 1024 * 1024);
  expect((await create(exact.text)).status).toBe(201);
  expect((await read(exact.id)).json()["fill"]).toHaveLength(exact.text.length - exact.text.indexOf("x") - 2);
  const over = documentOf(2 * 1024 * 1024 + 1);
  const refused = await create(over.text);
  expect([refused.status, refused.json()["code"]]).toEqual([413, "RequestEntityTooLarge"]);
  expect((await read(over.id)).status).toBe(404);
});

it("counts a document's bytes, not its characters", async () => {
  const body = JSON.stringify({ id: randomUUID(), pk: "p", fill: "数".repeat(700_000) });
  expect((await create(body)).status).toBe(413);
});

it("keeps a document of the largest size intact when a larger one is to replace it", async () => {
  const id = randomUUID();
  await create(JSON.stringify({ id, pk: "p", kept: true }));
  const { text } = documentOf(2 * 1024 * 1024 + 1, id);
  const refused = await account.raw({
    method: "PUT",
    path: `${path}/${id}`,
    headers: keyHeader("p"),
    body: text,
  });
  expect(refused.status).toBe(413);
  expect((await read(id)).json()).toMatchObject({ kept: true });
});

it("lets the client hear the 413 to a body far over the limit", async () => {
  const answer = await create(Buffer.alloc(24 * 1024 * 1024, 0x20));
  expect(answer.status).toBe(413);
  expect((await create(documentOf(1024).text)).status).toBe(201);
});

it("takes 128 levels", async () => {
  const deep = `${"[".repeat(128)}${"]".repeat(128)}`;
  expect((await create(`{"id":"${randomUUID()}","pk":"p","deep":${deep}}`)).status).toBe(201);
});

emulatorIt("refuses more than 128 levels, however many", "the service's message is not known", async () => {
  for (const levels of [129, 10_000, 1_000_000]) {
    const deep = `${"[".repeat(levels)}${"]".repeat(levels)}`;
    const answer = await create(`{"id":"${randomUUID()}","pk":"p","deep":${deep}}`);
    expect([levels, answer.status]).toEqual([levels, 400]);
  }
});

it("keeps properties of any name, the prototype's too", async () => {
  const id = randomUUID();
  const rest =
    '"__proto__":{"admin":true},"constructor":"c","toString":1,"hasOwnProperty":null,"":"empty","a\\u0000b":1,"数":"ü"';
  const created = await create(`{"id":"${id}","pk":"p",${rest}}`);
  expect(created.status).toBe(201);
  const { text } = await read(id);
  expect(text).toBe(created.text);
  const kept = JSON.parse(`{${rest}}`) as Record<string, unknown>;
  const document = JSON.parse(text) as Record<string, unknown>;
  for (const name of Object.keys(kept)) {
    expect(Object.hasOwn(document, name)).toBe(true);
    expect(Object.getOwnPropertyDescriptor(document, name)).toEqual(
      Object.getOwnPropertyDescriptor(kept, name),
    );
  }
});

it("does not take a prototype's property for an id or a partition key", async () => {
  const inherited = await create(`{"__proto__":{"id":"a","pk":"p"},"pk":"p"}`);
  expect(inherited.status).toBe(400);
  const odd = await account.newContainer("/constructor");
  const headers = keyHeader({});
  const created = await account.raw({ method: "POST", path: docsPath(odd), headers, body: '{"id":"a"}' });
  expect(created.status).toBe(201);
});

it("keeps values as they are: numbers, escapes, lone surrogates, nothing at all", async () => {
  const id = randomUUID();
  const values = {
    numbers: [0, -1, 1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE],
    text: 'quote " backslash \\ line \n nul \0 astral 😀 separator \u2028',
    lone: "\ud800",
    nothing: [null, {}, [], ""],
    flags: [true, false],
  };
  expect((await create(JSON.stringify({ id, pk: "p", ...values }))).status).toBe(201);
  expect((await read(id)).json()).toMatchObject(values);
});

it("has the last of a property that is given twice", async () => {
  const id = randomUUID();
  const created = await create(`{"id":"${id}","pk":"p","twice":1,"twice":2}`);
  expect(created.json()["twice"]).toBe(2);
});

it("charges 1 RU to read 1 KB and 10 RU to read 100 KB, as documented", async () => {
  const charges: number[] = [];
  for (const kilobytes of [1, 100]) {
    const { id, text } = documentOf(kilobytes * 1024);
    await create(text);
    charges.push(Number((await read(id)).headers["x-ms-request-charge"]));
  }
  expect(charges).toEqual([1, 10]);
});

emulatorIt("charges writes by size and kind", "the service's write charges depend on its index", async () => {
  const charge = (answer: WireAnswer): number => Number(answer.headers["x-ms-request-charge"]);
  for (const [kilobytes, created, replaced, deleted] of [
    [1, 5, 10, 5],
    [100, 50, 100, 50],
  ] as const) {
    const { id, text } = documentOf(kilobytes * 1024);
    const headers = keyHeader("p");
    const target = `${path}/${id}`;
    expect(charge(await create(text))).toBe(created);
    expect(charge(await account.raw({ method: "PUT", path: target, headers, body: text }))).toBe(replaced);
    expect(charge(await account.raw({ method: "DELETE", path: target, headers }))).toBe(deleted);
  }
});

emulatorIt(
  "charges by bytes, not by characters",
  "the service's write charges depend on its index",
  async () => {
    const text = JSON.stringify({ id: randomUUID(), pk: "p", fill: "数".repeat(34_000) });
    const created = await create(text);
    const bytes = Buffer.byteLength(text);
    const expected = 5 * (1 + (bytes / 1024 - 1) * (9 / 99));
    expect(Number(created.headers["x-ms-request-charge"])).toBeCloseTo(expected, 2);
  },
);
