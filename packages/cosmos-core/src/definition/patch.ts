import { isDeepStrictEqual } from "node:util";
import {
  fieldProblems,
  isJson,
  isRecord,
  isWithin,
  type Json,
  type JsonPath,
  jsonPointer,
  maxNamedFields,
  parsePath,
  pathText,
} from "@cosmos-trpc/base";
import { z } from "zod";
import type { FieldProblem } from "../errors/errors.ts";
import { type AnyDefinition, partitionKeyPaths } from "./containerDefinition.ts";
import { definitionPath } from "./containerPath.ts";
import { serviceFields, versionField } from "./document.ts";
import { type FieldShape, shapeAt } from "./fieldShape.ts";
import type { PathOf, ValueAt } from "./fieldTypes.ts";
import { droppedProtos, unstorable } from "./schemaFit.ts";
import type { PatchOperation } from "./serviceTypes.ts";

/** The paths that a patch may change: all but the id and what the service keeps. */
type PatchPath<Item> = Exclude<PathOf<Item>, "id">;

type PathTo<Item, Wanted> =
  PatchPath<Item> extends infer Path
    ? Path extends string
      ? Extract<ValueAt<Item, Path>, Wanted> extends never
        ? never
        : Path
      : never
    : never;

type ElementOf<Value> = Value extends readonly (infer Element)[] ? Element : never;

type OptionalPath<Item> =
  PatchPath<Item> extends infer Path
    ? Path extends string
      ? undefined extends ValueAt<Item, Path>
        ? Path
        : string extends Path
          ? Path
          : ValueAt<Item, Path> extends infer Value
            ? [Value] extends [never]
              ? never
              : Path extends `${string}.${string}`
                ? Path
                : never
            : never
      : never
    : never;

/** Changes of an item, by path; all of them are made, or none. Paths are written as in filters. */
export interface Patch<Item> {
  /** Puts values where they may be or not. What is above has to be there: `data.size` needs `data`. */
  readonly set?: { readonly [Path in PatchPath<Item>]?: SetValue<Item, Path> } & Pointers<Json>;
  /** Takes away what is optional, and there. */
  readonly remove?: readonly (OptionalPath<Item> | `/${string}`)[];
  /**
   * Adds to numbers; one that is not there counts as 0. At most 2^53 - 1 at once. Cosmos DB adds, and a sum past 2^53 is
   * the nearest that a double has: nobody can tell that before.
   */
  readonly increment?: { readonly [Path in PathTo<Item, number>]?: number } & Pointers<number>;
  /** Puts a value at the end of arrays that are there. */
  readonly append?: {
    readonly [Path in PathTo<Item, readonly unknown[]>]?: AppendValue<ValueAt<Item, Path>>;
  } & Pointers<Json>;
}

/** Paths as JSON pointers, for names with a dot: they are checked when the patch is used. */
type Pointers<Value> = { readonly [Path in `/${string}`]?: Value };

type SetValue<Item, Path extends string> = Path extends keyof Item
  ? Exclude<Item[Path], undefined>
  : string extends Path
    ? Json
    : Exclude<ValueAt<Item, Path>, undefined> | OpenValue<ValueAt<Item, Path>>;

/** Below an open object any JSON may be set. */
type OpenValue<Value> = { readonly [name: string]: string } extends Value ? Json : never;

type AppendValue<Value> = ElementOf<Exclude<Value, undefined>> | OpenValue<Value>;

/** Changes that one patch may make. Source: Learn, "Partial document update, limits". */
const maxChanges = 10;

const kinds = ["set", "remove", "increment", "append"] as const;

const tooMany = (count: number): string => `makes ${count} changes, at most ${maxChanges} are allowed`;

/** Values by path. zod's records leave `__proto__` out without a word. */
const byPath = (value: z.ZodType) =>
  z.preprocess(
    (input, context) => {
      if (isRecord(input) && Object.hasOwn(input, "__proto__")) {
        context.addIssue({ code: "custom", path: ["__proto__"], message: unstorable });
      }
      // Before each is looked at: there may be any number of them.
      const count = isRecord(input) ? Object.keys(input).length : 0;
      if (count > maxNamedFields) context.addIssue({ code: "custom", message: tooMany(count) });
      return input;
    },
    z.record(z.string(), value),
  );

/** A patch as it comes from outside, before its paths and values are looked at. */
const patchShape = z
  .strictObject({
    set: byPath(z.unknown()).describe("Values by path"),
    remove: z.array(z.string()).max(maxChanges).describe("Paths to take away"),
    increment: byPath(z.number()).describe("What to add to numbers, by path"),
    append: byPath(z.unknown()).describe("What to put at the end of arrays, by path"),
  })
  .partial();

/** Names at an item's root that no patch touches. */
const fixedNames: ReadonlySet<string> = new Set(["id", ...serviceFields, versionField]);

/** Reads a patch from outside. @returns the operations to send, or everything that is wrong with it */
export function readPatch(definition: AnyDefinition, patch: unknown): PatchOperation[] | FieldProblem[] {
  const parsed = patchShape.safeParse(patch);
  if (!parsed.success) return fieldProblems(parsed.error);
  const problems: FieldProblem[] = [];
  const seen: JsonPath[] = [];
  const partitionKey = partitionKeyPaths(definition).map(definitionPath);

  const changes = kinds.map((kind) => [kind, changesOf(parsed.data, kind)] as const);
  const count = changes.reduce((sum, [, ofKind]) => sum + ofKind.length, 0);
  if (count === 0)
    return [{ path: "", message: "changes nothing: it has no set, remove, increment or append" }];
  const operations = changes.flatMap(([kind, ofKind]) =>
    ofKind.flatMap(([text, value]): PatchOperation[] => {
      const refuse = (message: string): PatchOperation[] => {
        problems.push({ path: `${kind}.${text.slice(0, 100)}`, message });
        return [];
      };
      const path = parsePath(text);
      if (typeof path === "string") return refuse(path);
      if (fixedNames.has(path[0] ?? ""))
        return refuse("cannot be patched: it names the item or is kept by the service");
      if (partitionKey.some((fixed) => isWithin(path, fixed) || isWithin(fixed, path))) {
        return refuse(
          "cannot be patched: it is in the partition key; write the item under its new key instead",
        );
      }
      if (seen.some((other) => isWithin(path, other) || isWithin(other, path))) {
        return refuse("is changed twice: it, or what it is in, is in the patch already");
      }
      seen.push(path);
      const shape = shapeAt(definition.schema, path);
      if (shape === undefined) return refuse("is no field of an item");
      const operation = change(kind, path, shape, value);
      return typeof operation === "string" ? refuse(operation) : [operation];
    }),
  );

  if (problems.length > 0) return problems;
  return count > maxChanges ? [{ path: "", message: tooMany(count) }] : operations;
}

function changesOf(patch: z.output<typeof patchShape>, kind: (typeof kinds)[number]): [string, unknown][] {
  if (kind === "remove") return (patch.remove ?? []).map((path) => [path, undefined]);
  return Object.entries(patch[kind] ?? {}).filter(([, value]) => value !== undefined);
}

/** @returns the operation, or what is wrong with the value or the path */
function change(
  kind: (typeof kinds)[number],
  path: JsonPath,
  shape: FieldShape,
  value: unknown,
): PatchOperation | string {
  const pointer = jsonPointer(path);
  switch (kind) {
    case "set":
      return writing(shape, value, "set", pointer);
    case "remove":
      if (!shape.isOptional) return "cannot be removed: the schema does not let it be left out";
      return { op: "remove", path: pointer };
    case "increment":
      if (!shape.scalars.has("number")) return "is no number";
      if (!Number.isFinite(value)) return "has to be incremented by a finite number";
      if (Math.abs(value as number) > Number.MAX_SAFE_INTEGER)
        return "has to be incremented by 2^53 - 1 at most: further on doubles leave out whole numbers";
      return { op: "incr", path: pointer, value: value as number };
    case "append": {
      const element = shape.isOpen ? shape : shape.elements;
      if (element === undefined) return "is no array";
      // The place after the last element. Source: Learn, "Partial document update, supported operations".
      return writing(element, value, "add", `${pointer}/-`);
    }
  }
}

/** Writes what the schemas make of a value: an upsert stores that too. */
function writing(
  shape: FieldShape,
  value: unknown,
  op: "set" | "add",
  path: string,
): PatchOperation | string {
  const read = readValue(shape, value);
  return typeof read === "string" ? read : { op, path, value: read.value };
}

/** @returns what the schemas make of a value, or what is wrong with it */
function readValue({ schemas, isOpen }: FieldShape, value: unknown): { readonly value: Json } | string {
  if (!isJson(value)) return "has to be JSON, nested no deeper than an item may be";
  if (isOpen && schemas.length === 0) return { value: value as Json };
  const results = schemas.map((schema) => z.core.safeParse(schema, value));
  const fitting = results.filter(({ success }) => success);
  // Of several schemas, as a union has, one that takes the value as it is.
  const parsed = fitting.find(({ data }) => isDeepStrictEqual(data, value)) ?? fitting[0];
  if (parsed === undefined)
    return (results[0]?.error?.issues ?? []).slice(0, maxNamedFields).map(issueText).join("; ");
  const [dropped] = droppedProtos(value, parsed.data);
  if (dropped !== undefined) return `${pathText(dropped)} ${unstorable}`;
  if (!isJson(parsed.data)) return "is made by the schema into what is no JSON";
  return { value: parsed.data as Json };
}

const issueText = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${pathText(path.map(String))} ${message}`;

/** The schema of a patch that comes from outside. It names every field that is wrong. */
export function patchSchema<Item>(
  definition: AnyDefinition & { readonly schema: z.ZodType<Item> },
): z.ZodType<Patch<Item>, Patch<Item>> {
  return patchShape.superRefine((patch, context) => {
    for (const problem of readPatch(definition, patch)) {
      if (!("message" in problem)) return;
      const { path, message } = problem;
      context.addIssue({ code: "custom", message, path: path === "" ? [] : [path] });
    }
  }) as unknown as z.ZodType<Patch<Item>, Patch<Item>>;
}
