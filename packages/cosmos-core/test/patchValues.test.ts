import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createCredential, defineContainer, ensureContainer, openContainer } from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const place = z.object({ city: z.string().trim().min(1), country: z.string().default("DE") });

/** A schema that changes what it is given, in each of the ways that zod has. */
const people = defineContainer({
  id: "people",
  partitionKey: "/id",
  schema: z.object({
    id: z.string(),
    age: z.coerce.number().min(0),
    mail: z.string().trim().toLowerCase(),
    home: place.optional(),
    places: z.array(place).default([]),
    tags: z.array(z.string().trim()).default([]),
    level: z.union([z.string().toUpperCase(), z.number()]).optional(),
    seen: z.coerce
      .date()
      .transform((date) => date.toISOString())
      .pipe(z.iso.datetime())
      .optional(),
    odd: z.preprocess((value) => (value === "nothing" ? undefined : value), z.unknown()).optional(),
    more: z.record(z.string(), z.string().trim()).default({}),
  }),
});

type Input = z.input<typeof people.schema>;

const emulator = useEmulator();

async function open() {
  await ensureContainer(emulator.configuration(), people, createCredential());
  return (await openContainer(emulator.client(), "appdb", people)).store;
}

let store: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  store = await open();
});

const bare = ({ _etag, _ts, ...item }: Awaited<ReturnType<typeof store.get>>["item"]) => item;

/** What is stored of an item that comes from outside. */
const upserted = async (item: Input) => bare((await store.upsert(item)).item);

/** A patch from outside is not held to the types. */
const patched = async (id: string, patch: object) => {
  await store.patch({ id }, patch);
  return bare((await store.get({ id })).item);
};

test("a patch stores what the schema makes of a value", async () => {
  await upserted({ id: "one", age: 1, mail: "a@b" });
  const set = {
    age: "5",
    mail: "  Ada@Example.ORG ",
    home: { city: " Ulm ", street: "unknown" },
    level: "high",
    seen: "2026-01-31",
    "more.note": " kept ",
  };
  const append = { tags: " new ", places: { city: " Bonn", zip: 53_111 } };
  expect(await patched("one", { set, append })).toEqual({
    id: "one",
    age: 5,
    mail: "ada@example.org",
    home: { city: "Ulm", country: "DE" },
    places: [{ city: "Bonn", country: "DE" }],
    tags: ["new"],
    level: "HIGH",
    seen: "2026-01-31T00:00:00.000Z",
    more: { note: "kept" },
  });
  expect((await patched("one", { set: { level: 3, "home.city": "Köln " } })).home?.city).toBe("Köln");
});

test("what the schema makes into no JSON is refused", async () => {
  await upserted({ id: "odd", age: 1, mail: "a@b" });
  const failure = await failureOf(patched("odd", { set: { odd: "nothing" } }));
  expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "set.odd" }] });
});

test("a patch that sets a field stores what an upsert stores of it", async () => {
  const text = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "B", " ", "é", "\t") });
  const home = fc.record({
    city: text.map((city) => `x${city}`),
    country: fc.option(text, { nil: undefined }),
    junk: fc.anything({ maxDepth: 0 }).filter((value) => JSON.stringify(value) !== undefined),
  });
  const fields = fc.oneof(
    fc.record({ age: fc.oneof(fc.nat(), fc.nat().map(String), fc.boolean(), fc.constant(null)) }),
    fc.record({ mail: text }),
    fc.record({ home: home.map((value) => JSON.parse(JSON.stringify(value)) as object) }),
    fc.record({ tags: fc.array(text, { maxLength: 3 }) }),
    fc.record({ level: fc.oneof(text, fc.nat()) }),
    fc.record({ more: fc.dictionary(text, text, { maxKeys: 3 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fields, async (change) => {
      const id = "same";
      const wanted = await upserted({ id, age: 1, mail: "m", ...change } as Input);
      await upserted({ id, age: 1, mail: "m" });
      expect(await patched(id, { set: change })).toEqual(wanted);
    }),
    { numRuns: 80 },
  );
});
