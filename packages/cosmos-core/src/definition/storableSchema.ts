import { isJson } from "@cosmos-trpc/base";
import { z } from "zod";
import { serviceFields, versionField } from "./document.ts";

/**
 * The types of schemas whose values JSON can hold, so that what is read is what was written; and those that only wrap
 * another schema, or check it. The list is of what is let through, not of what is refused: a type that it does not know,
 * one of a later zod too, is refused when the container is defined, and never silently let through.
 */
const storableTypes: ReadonlySet<string> = new Set([
  ...["string", "number", "int", "boolean", "null", "enum", "literal", "template_literal"],
  ...["object", "record", "array", "tuple", "union", "intersection", "lazy"],
  ...["any", "unknown", "never", "custom"],
  ...["optional", "nullable", "nonoptional", "default", "prefault", "catch", "readonly", "pipe", "transform"],
]);

/** What to use in place of what JSON has not. */
const advice: Readonly<Record<string, string>> = {
  date: "use z.iso.datetime(), whose texts sort by time, or z.iso.date(), and make a Date of it where you need one",
  bigint: "use z.int() up to 2^53, or z.string() with a check, and make a BigInt of it where you need one",
  codec:
    "use the schema of the stored side, such as z.iso.datetime(), and decode where you need the other one",
  map: "use z.record(), or z.array() of pairs",
  set: "use z.array()",
  undefined: "use .optional() or .nullable()",
  void: "use .optional() or .nullable()",
  nan: "use .nullable()",
  symbol: "use z.enum()",
  file: "keep the file in a blob and its URL in the item",
  promise: "await it before the item is written",
  function: "leave it out",
  success: "use the schema within it",
};

/** What a walk over a schema finds. */
interface Findings {
  readonly problems: Set<string>;
  /** Places where something else is taken than JSON, and made of JSON too: `z.coerce.date()`. */
  readonly coerced: Map<string, string>;
  /** Places where a transform ends, of whose results zod knows nothing. */
  readonly transforms: Set<string>;
}

/**
 * What keeps a schema's values from being stored and read back as they are: each place of it, as the end of a sentence
 * that begins with the container. The walk over the schema is zod's own, that of `z.toJSONSchema`.
 */
export function schemaProblems(schema: z.ZodType): string[] {
  const findings: Findings = { problems: new Set(), coerced: new Map(), transforms: new Set() };
  try {
    for (const io of ["input", "output"] as const) {
      z.toJSONSchema(schema, {
        io,
        // Without what `.meta()` says: only the schema's types are looked at.
        metadata: z.registry(),
        unrepresentable: "any",
        override: ({ zodSchema, path }) => look(zodSchema, itemPlace(path), io, findings),
      });
    }
  } catch (error) {
    // A type of a library's own, or of a later zod, that tells nothing of its values.
    return [
      `has a schema of which zod cannot say what its values are (${String(error)}): use z.custom() or zod's own types in place of that.`,
    ];
  }
  const { problems, coerced, transforms } = findings;
  for (const [place, type] of coerced) {
    if (![...transforms].some((outer) => outer === "" || `${place}.`.startsWith(`${outer}.`))) continue;
    problems.add(
      `makes something of the z.${type}() ${at(place)}, and does not say what: end it with .pipe(), as in z.coerce.date().transform((date) => date.toISOString()).pipe(z.iso.datetime()).`,
    );
  }
  return [...problems];
}

function look(schema: z.core.$ZodTypes, place: string, io: "input" | "output", findings: Findings): void {
  const { problems, coerced, transforms } = findings;
  const { def } = schema._zod;
  const type = schema instanceof z.core.$ZodCodec ? "codec" : def.type;
  if (!storableTypes.has(type)) {
    if (io === "input" && "coerce" in def && def.coerce === true) coerced.set(place, type);
    else {
      const instead = advice[type] ?? "use a type whose values are JSON";
      problems.add(
        `has a z.${type}() ${at(place)}, which items cannot hold, since they are JSON: ${instead}.`,
      );
    }
  }
  if (def.type === "transform" && io === "output") transforms.add(place);
  if (def.type === "literal" && !def.values.every(isJson)) {
    problems.add(`has a z.literal() ${at(place)} of what JSON has not: use .optional(), or a text.`);
  }
  if (def.type !== "object") return;
  for (const name of Object.keys(def.shape)) {
    const field = place === "" ? name : `${place}.${name}`;
    const keeper = name === versionField ? "the store" : "Cosmos DB";
    if (place === "" && keptNames.has(name)) {
      problems.add(
        `has the field ${field}, which ${keeper} keeps in every document: give yours another name.`,
      );
    }
    if (name === "__proto__") problems.add(`has the field ${field}, which zod leaves out of its results.`);
    else if (name in {} && def.shape[name]?._zod.optin !== undefined) {
      problems.add(
        `has the field ${field}, which may be left out, and zod then finds what every object inherits under that name: make it required, .nullable() for example, or give it another name.`,
      );
    }
  }
}

const keptNames: ReadonlySet<string> = new Set([...serviceFields, versionField]);

const at = (place: string): string => (place === "" ? "as its schema" : `at ${place}`);

/** A place in JSON Schema as one in items: `lines.*.sku`. */
function itemPlace(path: readonly (string | number)[]): string {
  const names: (string | number)[] = [];
  const words = path.values();
  for (const word of words) {
    if (word === "properties" || word === "prefixItems") names.push(words.next().value ?? "");
    else if (word === "anyOf" || word === "oneOf" || word === "allOf") words.next();
    else {
      if (word === "patternProperties") words.next();
      names.push("*");
    }
  }
  return names.join(".");
}
