import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { codePoint } from "../../../../vitest.codePoint.ts";
import type { WireAnswer } from "../httpsRequest.ts";
import { docsPath, emulatorIt, keyHeader, openAccount } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();
const path = docsPath(container);

const create = (id: string): Promise<WireAnswer> =>
  account.raw({ method: "POST", path, headers: keyHeader("p"), body: JSON.stringify({ id, pk: "p" }) });

/** Any id that the rules allow and a URL can carry. */
const validId = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.string({ unit: codePoint, minLength: 1, maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(..."%\"'\0\n\t\u007f=&+;,:@!~.2fF5?# ü数😀"),
      minLength: 1,
      maxLength: 20,
    }),
  )
  .filter((id) => !/[/\\]/.test(id) && id !== "." && id !== "..");

/**
 * What the SDK itself does not refuse or cut: it takes no `#` and no blank id, and a question mark where
 * the id begins or ends gets lost in its URL, as does a `.` or `..` that stands before one: it is a step of the path. Source: `@azure/cosmos`, common/helper.js, isItemResourceValid, validateItemResourceId and getPathFromLink.
 */
const validSdkId = validId.filter((id) => !/#|^\s*$|^\.{0,2}\?|^[^?]*\?$/.test(id));

emulatorIt("takes any valid id through the SDK and back", "its many requests", async () => {
  const own = await account.newContainer();
  await fc.assert(
    fc.asyncProperty(validSdkId, async (id) => {
      const { resource } = await own.items.upsert({ id, pk: "p", nonce: randomUUID() });
      expect(resource).toMatchObject({ id });
      expect((await own.item(id, "p").read()).resource).toEqual(resource);
      const replaced = await own.item(id, "p").replace({ id, pk: "p", step: 2 });
      expect(replaced.resource).toMatchObject({ id, step: 2 });
      expect((await own.item(id, "p").delete()).statusCode).toBe(204);
      expect((await own.item(id, "p").read()).statusCode).toBe(404);
    }),
    { numRuns: 120 },
  );
});

emulatorIt("takes any valid id over the wire and back", "its many requests", async () => {
  await fc.assert(
    fc.asyncProperty(validId, async (id) => {
      const created = await create(id);
      expect(created.status).toBe(201);
      const target = `${path}/${encodeURIComponent(id)}`;
      const signed = { type: "docs", link: `dbs/${account.database.id}/colls/${container.id}/docs/${id}` };
      const read = await account.raw({ path: target, headers: keyHeader("p"), signed });
      expect([read.status, read.text]).toEqual([200, created.text]);
      await account.raw({ method: "DELETE", path: target, headers: keyHeader("p"), signed });
    }),
    { numRuns: 120 },
  );
});

it.each([
  "a",
  "with space",
  " leading space",
  "spaces at the end  ",
  "what?now",
  "what? %3F'?!",
  "100%",
  "%41",
  "%2F",
  'quote"inside',
  '"quoted"',
  '"',
  "nul\0inside",
  '"nul\0and quotes"',
  "tab\tline\nend.",
  "größe",
  "数据",
  "😀",
  "a+b&c=d;e,f:g@h",
  "constructor",
  "__proto__",
  "docs",
  "AAAAAQAAAAA=",
])("has a document under the id %j", async (id) => {
  const own = await account.newContainer();
  const { resource } = await own.items.create({ id, pk: "p" });
  expect((await own.item(id, "p").read()).resource).toEqual(resource);
  expect((await own.item(id, "p").delete()).statusCode).toBe(204);
});

it("keeps ids apart that look alike", async () => {
  const own = await account.newContainer();
  const ids = [
    "a",
    "A",
    " a",
    "a ",
    "a  ",
    "a?b",
    "a?b?",
    "a\0",
    "a\0b",
    '"a"',
    "%61",
    "ä",
    "a\u0308",
    '"a\\u0000"'.replace("\\", ""),
  ];
  for (const id of ids) expect((await own.items.create({ id, pk: "p", is: id })).statusCode).toBe(201);
  for (const id of ids) expect((await own.item(id, "p").read()).resource).toMatchObject({ id, is: id });
});

it("takes an id of 1,023 bytes and refuses one of 1,024", async () => {
  for (const [letter, bytes] of [
    ["x", 1],
    ["数", 3],
  ] as const) {
    const id = letter.repeat(1023 / bytes);
    expect((await create(id)).status).toBe(201);
    expect((await container.item(id, "p").read()).statusCode).toBe(200);
    const longer = await create(`${id}x`);
    expect([longer.status, longer.json()["code"]]).toEqual([400, "BadRequest"]);
  }
});

it("has documents with lone surrogates in their ids, under their _self links", async () => {
  const documents = await Promise.all(
    ["\ud800", "\udc00", "a\ud800b", "\ufffd"].map(async (id) => {
      const created = await create(id);
      expect(created.status).toBe(201);
      return { id, rid: String(created.json()["_rid"]), self: String(created.json()["_self"]) };
    }),
  );
  for (const { id, rid, self } of documents) {
    const signed = { type: "docs", link: rid.toLowerCase() };
    const read = await account.raw({ path: `/${self}`, headers: keyHeader("p"), signed });
    expect([read.status, read.json()["id"]]).toEqual([200, id]);
    const again = await create(id);
    expect(again.status).toBe(409);
  }
});

it("refuses ids with / or \\", async () => {
  for (const id of ["a/b", "a\\b", "/", "\\", " /"]) {
    const answer = await create(id);
    expect([id, answer.status, answer.json()["code"]]).toEqual([id, 400, "BadRequest"]);
  }
});
