import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { z } from "zod";
import { unsafeNumbersField } from "../src/definition/document.ts";
import { createCredential, defineContainer, ensureContainer, openContainer } from "../src/index.ts";
import { withUnsafeNumbers } from "../src/sdk/unsafeNumbers.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

const counters = defineContainer({
  id: "counters",
  partitionKey: "/id",
  schema: z.looseObject({ id: z.string(), n: z.number(), list: z.array(z.unknown()).default([]) }),
});

/** Writes into the emulator's file what Cosmos DB stores of a program that has 64-bit integers. */
function storeInFile(): void {
  for (const name of readdirSync(emulator.dataDir).filter((file) => file.endsWith(".db"))) {
    const database = new DatabaseSync(join(emulator.dataDir, name));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE sql LIKE '%body TEXT%'").all();
    for (const { name: table } of tables) {
      database.exec(`UPDATE "${table}" SET body = replace(body, '111111111111111', '769308320146468865')`);
    }
    database.close();
  }
}

test("an item with a number that a double cannot hold is refused, not rounded", async () => {
  await ensureContainer(emulator.configuration(), counters, createCredential());
  const { store: before } = await openContainer(emulator.client(), "appdb", counters);
  await before.create({ id: "lost", n: 1, list: [1, { "a.b": 111_111_111_111_111 }] });
  await before.create({ id: "kept", n: 900_719_925_474_099, text: "769308320146468865" });
  await emulator.stop();
  storeInFile();
  await emulator.startAgain();

  const { store } = await openContainer(emulator.client(), "appdb", counters);
  const failure = await failureOf(store.get({ id: "lost" }));
  expect(failure).toMatchObject({ reason: "misconfigured", code: "item-unfit" });
  expect(failure.message).toContain('The item {"id":"lost"} of counters does not fit');
  expect(failure.message).toContain("/list/1/a.b: has the number 769308320146468865, which a double");
  expect((await failureOf(store.update({ id: "lost" }, (item) => item))).message).toBe(failure.message);
  const many = await store.getMany([{ id: "lost" }, { id: "kept" }]);
  expect(many.map(({ item, error }) => item?.n ?? error?.message)).toEqual([
    failure.message,
    900_719_925_474_099,
  ]);
  expect((await store.get({ id: "kept" })).item).toMatchObject({ text: "769308320146468865" });
  expect((await store.upsert({ id: "lost", n: 3 })).item).toMatchObject({ n: 3, list: [] });
});

test.each([
  ["an item", { id: "a", n: 1 }, (item: unknown) => item],
  [
    "a page",
    { Documents: [{ id: "a", n: 1 }, { id: "b" }], _count: 2 },
    (page: never) => page["Documents"][0],
  ],
  [
    "a batch",
    [{ statusCode: 404 }, { resourceBody: { id: "a", n: 1 } }],
    (all: never) => all[1]["resourceBody"],
  ],
])("%s says which document lost which number", (_, answer, documentOf) => {
  const text = JSON.stringify(answer);
  expect(withUnsafeNumbers(text)).toBe(text);
  const lost = JSON.parse(withUnsafeNumbers(text.replace('"n":1', '"n":769308320146468865,"x":[1e400]')));
  expect(documentOf(lost as never)).toMatchObject({
    id: "a",
    [unsafeNumbersField]: [
      { path: "n", message: expect.stringContaining("769308320146468865") },
      { path: "x.0", message: expect.stringContaining("1e400") },
    ],
  });
});

test("no name of a document's field is taken for the store's own", async () => {
  const { store } = await openContainer(emulator.client(), "appdb", counters);
  const names = {
    "cosmos-trpc:unsafe-numbers": 5,
    n: 2,
    Documents: [{ n: 1 }],
    "0": { resourceBody: { n: 1 } },
  };
  await store.upsert({ id: "named", ...names });
  expect((await store.get({ id: "named" })).item).toMatchObject(names);
  const listed = await store.list({ where: { id: { eq: "named" as never } } });
  expect(listed.items).toMatchObject([names]);
  for await (const { items } of store.changes({ follow: false })) {
    for (const item of items) if (item.id === "named") expect(item).toMatchObject(names);
  }
});

test.each([
  ["Documents", { Documents: [1] }],
  ["0", { "0": { resourceBody: 1 } }],
])("an item with a field %s says itself which number it lost", (_, fields) => {
  const text = JSON.stringify({ id: "a", ...fields }).replace("1", "769308320146468865");
  expect(JSON.parse(withUnsafeNumbers(text))).toMatchObject({
    id: "a",
    [unsafeNumbersField]: [expect.anything()],
  });
});
