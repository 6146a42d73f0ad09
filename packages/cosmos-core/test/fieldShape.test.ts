import { expect, test } from "vitest";
import { z } from "zod";
import { shapeAt } from "../src/definition/fieldShape.ts";
import { defineContainer } from "../src/index.ts";

const tree = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});

const schema = z
  .strictObject({
    id: z.string(),
    nested: z.object({ size: z.int().optional() }).optional(),
    either: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), value: z.number() }),
      z.object({ kind: z.literal("b"), value: z.string().nullable() }),
    ]),
    both: z.intersection(z.object({ left: z.string() }), z.object({ right: z.boolean() })),
    cut: z
      .string()
      .optional()
      .transform((text) => text?.trim()),
    read: z.preprocess((value) => value, z.number().default(3)),
    flag: z.stringbool(),
    literal: z.literal([1, "a", null]),
    color: z.enum(["red", "blue"]),
    pair: z.tuple([z.string(), z.number()]).rest(z.boolean()),
    lines: z.array(z.object({ sku: z.string() })).readonly(),
    known: z.string().catch("none"),
    needed: z.string().optional().nonoptional(),
    more: z.object({ size: z.int() }).catchall(z.boolean()),
    loose: z.looseObject({ size: z.int() }),
    prices: z.record(z.string(), z.number()),
    // Says less than it takes.
    any: z.custom(() => true).meta({ type: "object", id: "any" }),
    json: z.json(),
    tree,
    later: z.lazy(() => z.string()),
    template: z.templateLiteral(["a", z.number()]),
    gone: z.never(),
  })
  .transform((item) => item);

const scalars = ["string", "number", "boolean", "null"];

test.each([
  ["id", "string"],
  ["nested", "object optional"],
  ["nested.size", "number optional"],
  ["either", "object"],
  ["either.kind", "string"],
  ["either.value", "number string null"],
  ["both.left", "string"],
  ["both.right", "boolean"],
  ["cut", "string optional"],
  ["read", "number"],
  ["flag", "boolean"],
  ["literal", "number string null"],
  ["color", "string"],
  ["pair", "of string number boolean"],
  ["lines", "of object"],
  ["known", "string"],
  ["needed", "string"],
  ["more.size", "number"],
  ["more.other", "boolean"],
  ["loose.size", "number"],
  ["loose.other", "open"],
  ["loose.other.inner", "open optional"],
  ["prices", "object"],
  ["prices.tea", "number"],
  ["any", "open"],
  ["any.inner", "open optional"],
  ["json", "string number boolean null object of string number boolean null object"],
  ["json.a.b.c", "string number boolean null object of string number boolean null object"],
  ["tree.children", "of object"],
  ["later", "string"],
  ["template", "string"],
  ["gone", ""],
])("at %s stands: %s", (text, expected) => {
  const shape = shapeAt(schema, text.split("."));
  const words = (part: typeof shape): string =>
    part === undefined
      ? "undeclared"
      : [
          ...(part.isOpen ? ["open"] : [...part.scalars]),
          ...(part.isObject && !part.isOpen ? ["object"] : []),
          ...(part.isOptional ? ["optional"] : []),
        ].join(" ");
  const of = shape?.elements === undefined ? [] : [`of ${words(shape.elements)}`];
  const sorted = (line: string): string[] => line.split(" ").toSorted();
  expect(sorted([words(shape), ...of].filter((part) => part !== "").join(" "))).toEqual(sorted(expected));
  if (shape?.isOpen === true) expect([...shape.scalars]).toEqual(scalars);
});

test.each([
  "nope",
  "id.inner",
  "nested.nope",
  "lines.0",
  "lines.sku",
  "toString",
  "__proto__",
  "either.nope",
])("%s is declared nowhere", (text) => expect(shapeAt(schema, text.split("."))).toBeUndefined());

test("the schemas at a path are those that a value there has to satisfy", () => {
  const { shape } = z.object({ id: z.string().min(3), list: z.array(tree) });
  const object = z.object(shape);
  expect(shapeAt(object, ["id"])?.schemas).toEqual([shape.id]);
  expect(shapeAt(object, ["list"])?.elements?.schemas).toEqual([tree]);
  expect(shapeAt(schema, ["either", "value"])?.schemas).toHaveLength(2);
  expect(shapeAt(schema, ["loose", "other", "inner"])?.schemas).toEqual([]);
});

test("a type that tells nothing of its values is refused, wherever it is", () => {
  const Later = z.core.$constructor("Later", (inner: z.core.$ZodType, def: z.core.$ZodTypeDef) => {
    z.core.$ZodType.init(inner, def);
    inner._zod.parse = (payload) => payload;
  });
  const later = new Later({ type: "later" as "custom" });
  for (const field of [later, z.array(later), z.union([z.string(), later])]) {
    expect(() =>
      defineContainer({ id: "odd", partitionKey: "/id", schema: z.object({ id: z.string(), field }) }),
    ).toThrow(/^The container odd has a schema of which zod cannot say what its values are \(.*later\)/);
  }
});
