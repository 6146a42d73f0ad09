import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  type Filter,
  openContainer,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

interface Tree {
  name: string;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
const linked = z.object({
  value: z.number(),
  get next() {
    return linked.optional();
  },
});

/** What a schema takes, what it then stores, and, where it is a scalar, what another item has that comes after it. */
type Case = readonly [schema: z.ZodType, given: unknown, stored: unknown, later?: unknown];

const scalars: Readonly<Record<string, Case>> = {
  string: [z.string(), "b", "b", "c"],
  "iso.datetime": [z.iso.datetime(), "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", "2026-02-01T00:00:00Z"],
  "iso.date": [z.iso.date(), "2026-01-31", "2026-01-31", "2026-02-01"],
  "iso.time": [z.iso.time(), "12:00", "12:00", "13:00"],
  "iso.duration": [z.iso.duration(), "P1D", "P1D", "P2D"],
  uuid: [
    z.uuid(),
    "0b9a4e6a-7c59-4f0a-8f5e-1c2b3d4e5f60",
    "0b9a4e6a-7c59-4f0a-8f5e-1c2b3d4e5f60",
    "1b9a4e6a-7c59-4f0a-8f5e-1c2b3d4e5f60",
  ],
  email: [z.email(), "a@b.de", "a@b.de", "b@b.de"],
  url: [z.url(), "https://a.de", "https://a.de", "https://b.de"],
  base64: [z.base64(), "YQ==", "YQ==", "Yg=="],
  jwtLike: [z.stringFormat("custom", /^x/), "xa", "xa", "xb"],
  "template literal": [z.templateLiteral(["v", z.int()]), "v1", "v1", "v2"],
  enum: [z.enum(["a", "b"]), "a", "a", "b"],
  "native enum": [z.enum({ One: 1, Two: 2 } as const), 1, 1, 2],
  literal: [z.literal(["x", "y"]), "x", "x", "y"],
  number: [z.number(), 1.5, 1.5, 2],
  int: [z.int(), 1, 1, 2],
  int32: [z.int32(), 1, 1, 2],
  float64: [z.float64(), 0.1, 0.1, 0.2],
  boolean: [z.boolean(), false, false, true],
  null: [z.null(), null, null],
  optional: [z.string().optional(), "a", "a", "b"],
  exactOptional: [z.string().exactOptional(), "a", "a", "b"],
  nullable: [z.number().nullable(), null, null, 1],
  nullish: [z.number().nullish(), null, null, 1],
  nonoptional: [z.string().optional().nonoptional(), "a", "a", "b"],
  default: [z.string().default("d"), undefined, "d", "e"],
  prefault: [z.string().trim().prefault(" d "), undefined, "d", "e"],
  catch: [z.number().catch(7), "no number", 7, 8],
  readonly: [z.string().readonly(), "a", "a", "b"],
  brand: [z.string().brand<"Name">(), "a", "a", "b"],
  refine: [z.string().refine((text) => text !== "x"), "a", "a", "b"],
  meta: [z.string().meta({ id: "Named", title: "A name" }), "a", "a", "b"],
  describe: [z.string().describe("A name"), "a", "a", "b"],
  trim: [z.string().trim(), " a ", "a", "b"],
  toLowerCase: [z.string().toLowerCase(), "A", "a", "b"],
  normalize: [z.string().normalize(), "e\u0301", "é", "ê"],
  overwrite: [z.number().overwrite((n) => Math.round(n)), 1.4, 1, 2],
  transform: [z.string().transform((text) => text.trim()), " a ", "a", "b"],
  preprocess: [z.preprocess((text) => (text === "" ? "a" : text), z.string()), "", "a", "b"],
  pipe: [z.string().pipe(z.string().min(1)), "a", "a", "b"],
  "coerced number": [z.coerce.number(), "5", 5, 6],
  "coerced string": [z.coerce.string(), 5, "5", "6"],
  "coerced boolean": [z.coerce.boolean(), 0, false, true],
  "coerced date, stored as a text": [
    z.coerce
      .date()
      .transform((date) => date.toISOString())
      .pipe(z.iso.datetime()),
    "2026-01-31",
    "2026-01-31T00:00:00.000Z",
    "2026-02-01T00:00:00.000Z",
  ],
  union: [z.union([z.string(), z.number()]), 1, 1, 2],
  xor: [z.xor([z.string(), z.number()]), "a", "a", "b"],
  intersection: [z.intersection(z.string().min(1), z.string().max(3)), "a", "a", "b"],
  unknown: [z.unknown(), "a", "a", "b"],
  any: [z.any(), 1, 1, 2],
  custom: [z.custom<string>((value) => typeof value === "string"), "a", "a", "b"],
  json: [z.json(), "a", "a", "b"],
};

const containers: Readonly<Record<string, Case>> = {
  object: [z.object({ a: z.string() }), { a: "x", unknown: 1 }, { a: "x" }],
  "loose object": [z.looseObject({ a: z.string() }), { a: "x", more: 1 }, { a: "x", more: 1 }],
  catchall: [z.object({}).catchall(z.number()), { n: 1 }, { n: 1 }],
  array: [z.array(z.string()), ["a"], ["a"]],
  tuple: [z.tuple([z.string(), z.number()], z.boolean()), ["a", 1, true], ["a", 1, true]],
  record: [z.record(z.string(), z.number()), { a: 1 }, { a: 1 }],
  "partial record": [z.partialRecord(z.enum(["a", "b"]), z.number()), { a: 1 }, { a: 1 }],
  "loose record": [z.looseRecord(z.string().regex(/^a/), z.number()), { a: 1, b: "x" }, { a: 1, b: "x" }],
  "discriminated union": [
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("a"), a: z.string() }),
      z.strictObject({ kind: z.literal("b"), b: z.number() }),
    ]),
    { kind: "b", b: 1 },
    { kind: "b", b: 1 },
  ],
  and: [z.object({ a: z.string() }).and(z.object({ b: z.number() })), { a: "x", b: 1 }, { a: "x", b: 1 }],
  never: [z.object({ a: z.never().optional(), b: z.string() }), { b: "x" }, { b: "x" }],
  lazy: [
    tree,
    { name: "a", children: [{ name: "b", children: [] }] },
    { name: "a", children: [{ name: "b", children: [] }] },
  ],
  recursive: [linked, { value: 1, next: { value: 2 } }, { value: 1, next: { value: 2 } }],
  json: [z.json(), { a: [1, null, { b: "x" }] }, { a: [1, null, { b: "x" }] }],
};

const all: readonly (readonly [name: string, one: Case])[] = [
  ...Object.entries(scalars).map(([name, one]) => [name, one] as const),
  ...Object.entries(containers).map(([name, one]) => [`${name} of its own`, one] as const),
];

describe.each(all)("a field that is %s", (name, [value, given, stored, later]) => {
  const definition = defineContainer({
    id: `typed-${name.replaceAll(/\W/g, "-")}`,
    partitionKey: "/pk",
    schema: z.strictObject({ id: z.string(), pk: z.string(), value: value as z.ZodType }),
  });
  let store: Awaited<ReturnType<typeof openContainer<typeof definition.schema, "/pk", never>>>["store"];
  const key = { id: "a", pk: "p" };

  beforeAll(async () => {
    await ensureContainer(emulator.configuration(), definition as never, createCredential());
    store = (await openContainer(emulator.client(), "appdb", definition as never)).store as typeof store;
  });

  test("is written, read, written back and patched", async () => {
    const item = given === undefined ? key : { ...key, value: given };
    const written = (await store.upsert(item as never)).item;
    expect(written).toMatchObject({ value: stored });
    expect((await store.get(key)).item).toEqual(written);
    expect((await store.replace(written)).item).toMatchObject({ value: stored });
    expect((await store.update(key, (old) => old)).item).toMatchObject({ value: stored });
    expect((await store.patch(key, { set: { value: stored } } as never)).item).toMatchObject({
      value: stored,
    });
    const listed = await store.list();
    expect([listed.items[0]?.value, listed.unfit]).toEqual([stored, undefined]);
  });

  test("has a JSON Schema, as OpenAPI shows it, that its values fulfil", () => {
    // What a schema takes by coercing or catching it, zod does not describe.
    const isDescribed = !/^(catch|coerced (number|string|boolean))$/.test(name);
    for (const [io, sample] of [
      ["input", isDescribed ? given : stored],
      ["output", stored],
    ] as const) {
      const described = z.toJSONSchema(definition.schema, { io, unrepresentable: "any" });
      const item = { ...key, ...(sample === undefined ? {} : { value: sample }) };
      expect(z.fromJSONSchema(described as never).safeParse(item)).toMatchObject({ success: true });
    }
  });

  // A list or an object has no order and is equal to nothing: filters go by what is in it.
  if (typeof stored === "object" && stored !== null) return;

  test("is filtered and ordered by", async () => {
    const found = await store.list({ where: { value: { eq: stored } } as Filter<never> });
    expect(found.items.map(({ id }) => id)).toEqual(["a"]);
    if (later === undefined) return;
    await store.upsert({ id: "b", pk: "p", value: later } as never);
    const ordered = await store.list({ orderBy: [["value", "desc"]] as never });
    expect(ordered.items.map(({ id }) => id)).toEqual(["b", "a"]);
  });
});

const refused: readonly (readonly [name: string, schema: z.ZodType, sentence: string])[] = [
  [
    "date",
    z.date(),
    "has a z.date() at value, which items cannot hold, since they are JSON: use z.iso.datetime()",
  ],
  ["coerced date", z.coerce.date(), "has a z.date() at value"],
  ["date in a list", z.array(z.date()), "has a z.date() at value.*"],
  ["date in an object", z.object({ at: z.date() }), "has a z.date() at value.at"],
  ["date in a union", z.union([z.string(), z.date()]), "has a z.date() at value,"],
  ["date in a record", z.record(z.string(), z.date()), "has a z.date() at value.*"],
  ["date in a tuple", z.tuple([z.string(), z.date()]), "has a z.date() at value.1"],
  ["date behind wrappers", z.date().nullable().optional().readonly(), "has a z.date() at value"],
  ["lazy date", z.lazy(() => z.date()), "has a z.date() at value"],
  [
    "date after a pipe",
    z
      .string()
      .transform((text) => new Date(text))
      .pipe(z.date()),
    "has a z.date() at value",
  ],
  ["date that becomes who knows what", z.coerce.date().transform(String), "end it with .pipe()"],
  [
    "dates of an object that is transformed",
    z.object({ at: z.coerce.date() }).transform(String),
    "end it with .pipe()",
  ],
  [
    "bigint",
    z.bigint(),
    "has a z.bigint() at value, which items cannot hold, since they are JSON: use z.int()",
  ],
  ["int64", z.int64(), "has a z.bigint() at value"],
  [
    "codec",
    z.codec(z.iso.datetime(), z.date(), { decode: (s) => new Date(s), encode: (d) => d.toISOString() }),
    "has a z.codec() at value",
  ],
  ["stringbool", z.stringbool(), "has a z.codec() at value"],
  ["map", z.map(z.string(), z.string()), "use z.record()"],
  ["set", z.set(z.string()), "use z.array()"],
  ["symbol", z.symbol(), "has a z.symbol() at value"],
  ["undefined", z.undefined(), "use .optional()"],
  ["void", z.void(), "use .optional()"],
  ["nan", z.nan(), "use .nullable()"],
  ["file", z.file(), "has a z.file() at value"],
  ["promise", z.promise(z.string()), "has a z.promise() at value"],
  ["function", z.function() as unknown as z.ZodType, "has a z.function() at value"],
  ["success", z.success(z.string()), "has a z.success() at value"],
  ["literal of undefined", z.literal([undefined, "a"]), "has a z.literal() at value of what JSON has not"],
  ["literal of a bigint", z.literal(1n), "has a z.literal() at value of what JSON has not"],
  [
    "name that zod drops",
    z.object({ ["__proto__"]: z.string() }),
    "has the field value.__proto__, which zod leaves out",
  ],
  [
    "field that every object inherits",
    z.object({ constructor: z.string().optional() } as never),
    "has the field value.constructor, which may be left out",
  ],
  [
    "inherited name with a default",
    z.object({ toString: z.string().default("a") } as never),
    "has the field value.toString, which may be left out",
  ],
];

test.each(refused)("a field that is a %s is refused by defineContainer", (_, value, sentence) => {
  const define = () =>
    defineContainer({ id: "odd", partitionKey: "/id", schema: z.object({ id: z.string(), value }) });
  expect(define).toThrow(TypeError);
  expect(define).toThrow("The container odd ");
  expect(define).toThrow(sentence);
});

test("a type of a later zod is refused until it is known here", () => {
  const later = z.string();
  Object.defineProperty(later._zod.def, "type", { value: "hologram" });
  const define = () =>
    defineContainer({ id: "odd", partitionKey: "/id", schema: z.object({ id: z.string(), later }) });
  expect(define).toThrow("has a z.hologram() at later, which items cannot hold");
});

test("what a custom check lets in and JSON has not is refused when it is written", async () => {
  const definition = defineContainer({
    id: "files",
    partitionKey: "/id",
    schema: z.object({ id: z.string(), value: z.instanceof(Blob) }),
  });
  await ensureContainer(emulator.configuration(), definition, createCredential());
  const { store } = await openContainer(emulator.client(), "appdb", definition);
  const failure = await failureOf(store.upsert({ id: "a", value: new Blob([]) }));
  expect(failure.fields).toEqual([{ path: "value", message: "is a Blob, which JSON has not" }]);
});
