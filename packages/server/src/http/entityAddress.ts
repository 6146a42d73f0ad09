import {
  isRecord,
  jsonPointer,
  parseJson,
  putAt,
  type ScalarKind,
  type UnsafeNumberError,
  valueAt,
} from "@cosmos-trpc/base";
import type { FieldProblem } from "@cosmos-trpc/cosmos-core";
import { type PartitionKeyField, partitionKeyFields } from "@cosmos-trpc/cosmos-core/schema";
import { TRPCError } from "@trpc/server";
import type { AnyEntity } from "../entity/entity.ts";
import { badRequest } from "./problem.ts";
import { jsonNumber } from "./queryParameters.ts";

/** Parameters of a list, beside those of the partition key. */
export const listParameters = ["limit", "cursor", "where", "orderBy", "explain"] as const;

/** A field of the partition key, and its query parameter. */
export interface KeyParameter extends PartitionKeyField {
  readonly parameter: string;
}

/**
 * The fields of an entity's partition key, each with the name of its query parameter: the field's own, or, where a list
 * has a parameter of that name, its JSON pointer, `/limit`.
 */
export const keyParameters = ({ definition }: Pick<AnyEntity, "definition">): KeyParameter[] =>
  partitionKeyFields(definition).map((field) => ({
    ...field,
    parameter: listParameters.some((name) => name === field.name) ? jsonPointer(field.path) : field.name,
  }));

export type EntityAddress = ReturnType<typeof entityAddress>;

type Parameters = ReadonlyMap<string, string>;

/** How items of an entity are addressed: the id in the path, the partition key's fields as query parameters. */
export function entityAddress({ definition, key }: AnyEntity) {
  const fields = keyParameters({ definition });

  /** @throws TRPCError that names each parameter which is a number that a double cannot hold */
  function given(parameters: ReadonlyMap<string, string>) {
    const problems: FieldProblem[] = [];
    const values = fields.flatMap((field) => {
      const text = parameters.get(field.parameter);
      try {
        return text === undefined ? [] : [{ field, value: fieldValue(field, text) }];
      } catch (error) {
        problems.push({ path: field.name, message: (error as UnsafeNumberError).message });
        return [];
      }
    });
    if (problems.length > 0) throw badRequest(problems);
    return values;
  }

  /** What names an item, as callers of procedures say it. */
  function keyOf(id: string, parameters: Parameters): Record<string, unknown> {
    const result: Record<string, unknown> = { id };
    for (const { field, value } of given(parameters)) putAt(result, field.path, value);
    return result;
  }

  return {
    /** The names of the partition key's parameters. */
    parameters: fields.map(({ parameter }) => parameter),
    /** What a list is narrowed to by its parameters. */
    prefix(parameters: Parameters): unknown {
      const parts = given(parameters);
      if (parts.length === 0) return undefined;
      if (fields.length === 1) return parts[0]?.value;
      const prefix: Record<string, unknown> = {};
      for (const { field, value } of parts) putAt(prefix, field.path, value);
      return prefix;
    },
    key: keyOf,
    /** What names an item in a body, checked by nobody yet. */
    keyIn(body: unknown) {
      const result: Record<string, unknown> = { id: valueAt(body, ["id"]) };
      for (const { path: at } of fields) {
        const value = valueAt(body, at);
        if (value !== undefined) putAt(result, at, value);
      }
      return result;
    },
    /**
     * A body with the whole key that the address means.
     *
     * @throws TRPCError that names each field which the address lacks, or in which the two differ
     */
    complete(body: unknown, id: string, parameters: Parameters): unknown {
      const said = keyOf(id, parameters);
      // With what the key fills in by itself: the body has no say in which item an address means.
      const parsed = key.safeParse(said);
      if (!parsed.success) throw new TRPCError({ code: "BAD_REQUEST", cause: parsed.error });
      if (!isRecord(body)) return body;
      const wanted = [{ name: "id", path: ["id"] }, ...fields].map(({ name, path: at }) => ({
        name,
        at,
        value: valueAt(parsed.data, at),
      }));
      const differing = wanted.filter(({ at, value }) => {
        const there = valueAt(body, at);
        return there !== undefined && there !== value && there !== valueAt(said, at);
      });
      if (differing.length > 0) {
        throw badRequest(
          differing.map(({ name }) => ({ path: name, message: "is another than in the address" })),
        );
      }
      // Only what leads to the key is copied: the rest may nest deeper than a copy goes.
      const completed: Record<string, unknown> = { ...body };
      for (const { at, value } of wanted) {
        for (let depth = 1; depth < at.length; depth += 1) {
          const inner = valueAt(completed, at.slice(0, depth));
          if (isRecord(inner)) putAt(completed, at.slice(0, depth), { ...inner });
        }
        putAt(completed, at, value);
      }
      return completed;
    },
    /** What follows the path of the routes in an item's own address, without what its key fills in by itself. */
    of(item: Readonly<Record<string, unknown>>): string {
      const id = String(item["id"]);
      const filled = key.safeParse({ id });
      const isFilled =
        filled.success && fields.every(({ path: at }) => valueAt(filled.data, at) === valueAt(item, at));
      const query = new URLSearchParams(
        fields.map((field): [string, string] => [
          field.parameter,
          fieldText(field, valueAt(item, field.path)),
        ]),
      );
      return `/${encodeURIComponent(id)}${isFilled ? "" : `?${query}`}`;
    },
  };
}

/**
 * A parameter's text as the field has it. A field of texts alone takes every text as it stands; any other reads JSON of
 * its kinds, so that of a field of numbers and texts `6` is the number and `"6"` the text. What is neither stays text,
 * and the schema refuses it where it is none.
 *
 * @throws UnsafeNumberError for a number that a double cannot hold
 */
function fieldValue({ kinds }: PartitionKeyField, text: string): unknown {
  const kind = kindOfJson(text);
  if (isOfTexts(kinds) || kind === undefined || !kinds.has(kind)) return text;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** What a text is, should it be JSON. */
function kindOfJson(text: string): ScalarKind | undefined {
  if (jsonNumber.test(text)) return "number";
  if (text === "true" || text === "false") return "boolean";
  if (text === "null") return "null";
  return /^".*"$/s.test(text) ? "string" : undefined;
}

/** The text that a field reads as a value: the plain one, unless it means something else. */
function fieldText(field: PartitionKeyField, value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return isOfTexts(field.kinds) || isItself(field, value) ? value : JSON.stringify(value);
}

function isItself(field: PartitionKeyField, text: string): boolean {
  try {
    return fieldValue(field, text) === text;
  } catch {
    return false;
  }
}

/** Whether a field takes texts and nothing else. */
export const isOfTexts = (kinds: PartitionKeyField["kinds"]): boolean =>
  kinds.size === 1 && kinds.has("string");
