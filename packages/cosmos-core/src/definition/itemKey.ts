import { idProblems, type JsonPath, partitionKeyProblems, pathText, valueAt } from "@cosmos-trpc/base";
import { z } from "zod";
import type { FieldProblem } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import {
  type AnyDefinition,
  type ItemBase,
  type PartitionKeyPaths,
  partitionKeyPaths,
} from "./containerDefinition.ts";
import { definitionPath } from "./containerPath.ts";
import { kindOf, shapeAt } from "./fieldShape.ts";

/** A value that the service takes in a partition key. */
export type PartitionKeyValue = string | number | boolean | null;

/** A key field's value as the item has it, without what cannot be in a key. */
type KeyValue<Value> = Extract<Value, PartitionKeyValue>;

/** The object that has the value at one path: of `/address/city`, `{ address: { city } }`. */
type AtPath<Item, Path> = Path extends `/${infer Name}/${infer Rest}`
  ? Name extends keyof Item
    ? { readonly [Key in Name]: AtPath<NonNullable<Item[Key]>, `/${Rest}`> }
    : never
  : Path extends `/${infer Name}`
    ? Name extends keyof Item
      ? { readonly [Key in Name]: KeyValue<Item[Key]> }
      : never
    : never;

type AtPaths<Item, Paths> = Paths extends readonly [infer First, ...infer Rest]
  ? AtPath<Item, First> & AtPaths<Item, Rest>
  : unknown;

/** The fields of a partition key, as an item has them. */
type PartitionKeyOf<Item, Paths extends PartitionKeyPaths> = Paths extends string
  ? AtPath<Item, Paths>
  : AtPaths<Item, Paths>;

/** What names an item: its id and the fields of its partition key, as the item itself has them. */
export type KeyOf<Item extends ItemBase, Paths extends PartitionKeyPaths> = {
  readonly id: string;
} & PartitionKeyOf<Item, Paths>;

/** The fields of a hierarchical partition key, or the first of them. */
type Prefix<Item, Paths> = Paths extends readonly [...infer Outer, unknown]
  ? AtPaths<Item, Paths> | (Outer extends readonly [] ? never : Prefix<Item, Outer>)
  : never;

/**
 * What a list and the change feed are narrowed to: the value of the partition key, or, of a hierarchical one, an
 * object of its fields or of the first of them.
 */
export type PartitionKeyPrefix<Item, Paths extends PartitionKeyPaths> = Paths extends string
  ? ValueAtPath<Item, Paths>
  : Paths extends readonly [infer Only]
    ? ValueAtPath<Item, Only>
    : Prefix<Item, Paths>;

type ValueAtPath<Item, Path> = Path extends `/${infer Name}/${infer Rest}`
  ? Name extends keyof Item
    ? ValueAtPath<NonNullable<Item[Name]>, `/${Rest}`>
    : never
  : Path extends `/${infer Name}`
    ? Name extends keyof Item
      ? KeyValue<Item[Name]>
      : never
    : never;

/** What names an item in a container that is partitioned by `/pk`. */
export interface ItemKey {
  readonly id: string;
  /** The value at the container's partition key path. */
  readonly pk: string;
}

/** What names an item, as operations send it. */
export interface PointKey {
  readonly id: string;
  /** The value at the partition key path; of a hierarchical key the values, in the order of its paths. */
  readonly pk: PartitionKeyValue | readonly PartitionKeyValue[];
}

const isKeyValue = (value: unknown): value is PartitionKeyValue => kindOf(value) !== undefined;

const valueProblems = (value: PartitionKeyValue): readonly string[] =>
  typeof value === "string" ? partitionKeyProblems(value) : [];

/**
 * What a definition's schema makes of a value of a key when the item is written, in lower case for example: so a key
 * names that item. What the schema refuses is left as it is: an item that does not fit may have it.
 */
function keyValueMaker({ schema }: AnyDefinition, path: JsonPath): (value: unknown) => unknown {
  const schemas = shapeAt(schema, path)?.schemas ?? [];
  return (value) => {
    try {
      const made = schemas.map((one) => z.core.safeParse(one, value)).filter(({ success }) => success);
      const isKept = made.length === 0 || made.some(({ data }) => data === value);
      return isKept || !isKeyValue(made[0]?.data) ? value : made[0].data;
    } catch {
      // A check that throws: a write says so.
      return value;
    }
  };
}

/** The fields of a definition's partition key: where each is, and what the schema makes of its values. */
const partitionKeyMakers = (definition: AnyDefinition) =>
  partitionKeyPaths(definition).map((text) => {
    const path = definitionPath(text);
    return { path, make: keyValueMaker(definition, path) };
  });

/**
 * Reads an item's, or a key's, id and partition key: what holds for them holds on every read, write and delete.
 *
 * @throws StoreError `invalid` that names what is missing or wrong
 */
export function pointKeyReader(definition: AnyDefinition): (key: { readonly id: string }) => PointKey {
  const fields = partitionKeyMakers(definition);
  const makeId = keyValueMaker(definition, ["id"]);
  return (key) => {
    const id: unknown = makeId(key?.id);
    if (typeof id === "string") refuse("id", idProblems(id));
    else refuse("id", [id === undefined ? "is missing" : "has to be a string"]);
    const values = fields.map(({ path, make }) => keyValue(make(valueAt(key, path)), path));
    const [only = null] = values;
    return { id: id as string, pk: values.length === 1 ? only : values };
  };
}

function keyValue(value: unknown, path: JsonPath): PartitionKeyValue {
  const notAny = "has to be the partition key's value: a string, number or boolean";
  refuse(pathText(path), isKeyValue(value) ? valueProblems(value) : [notAny]);
  return value as PartitionKeyValue;
}

function refuse(path: string, messages: readonly string[]): void {
  if (messages.length === 0) return;
  throw invalidInput(messages.map((message) => ({ path, message })));
}

/** The part of a container that a partition key, or the first fields of one, names. */
export interface PartitionKeyPrefixValues {
  readonly values: readonly PartitionKeyValue[];
  /** Whether that is a whole key: one logical partition. */
  readonly isWhole: boolean;
}

/** Reads a partition key, or a prefix of one, from outside. @returns what it names, or what is wrong with it */
export function partitionKeyPrefixReader(
  definition: AnyDefinition,
): (prefix: unknown) => PartitionKeyPrefixValues | FieldProblem[] {
  const fields = partitionKeyMakers(definition);
  const paths = fields.map(({ path }) => path);
  const names = paths.map(pathText).join(", ");
  const wanted =
    paths.length === 1
      ? `has to be the partition key's value, ${names}: a string, number or boolean`
      : `has to be an object of the partition key's fields, ${names}, or of the first of them`;
  const checked = (given: readonly PartitionKeyValue[]): PartitionKeyPrefixValues | FieldProblem[] => {
    const values = given.map((value, at) => fields[at]?.make(value) as PartitionKeyValue);
    const problems = values.flatMap(valueProblems);
    if (problems.length > 0) return problems.map((message) => ({ path: "pk", message }));
    return { values, isWhole: values.length === paths.length };
  };
  return (prefix) => {
    if (prefix === undefined) return { values: [], isWhole: false };
    if (paths.length === 1) return isKeyValue(prefix) ? checked([prefix]) : [{ path: "pk", message: wanted }];
    const all = paths.map((path) => valueAt(prefix, path));
    const gap = all.indexOf(undefined);
    const values = gap === -1 ? all : all.slice(0, gap);
    const isPrefix = all.slice(values.length).every((value) => value === undefined);
    if (values.length === 0 || !values.every(isKeyValue) || !isPrefix)
      return [{ path: "pk", message: wanted }];
    return checked(values);
  };
}
