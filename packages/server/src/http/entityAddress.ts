import { jsonPointer, putAt, valueAt } from "@cosmos-trpc/base";
import { type PartitionKeyField, partitionKeyFields } from "@cosmos-trpc/cosmos-core/schema";
import { TRPCError } from "@trpc/server";
import type { AnyEntity } from "../entity/entity.ts";
import { badRequest } from "./problem.ts";

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

/** How items of an entity are addressed: the id in the path, the partition key's fields as query parameters. */
export interface EntityAddress {
  /** The names of the partition key's parameters. */
  readonly parameters: readonly string[];
  /** What a list is narrowed to by its parameters. */
  scope(parameters: ReadonlyMap<string, string>): unknown;
  /** What names an item, as callers of procedures say it. */
  key(id: string, parameters: ReadonlyMap<string, string>): Record<string, unknown>;
  /** What names an item in a body, checked by nobody yet. */
  keyIn(body: unknown): Record<string, unknown>;
  /**
   * A body with the whole key that the address means.
   *
   * @throws TRPCError that names each field which the address lacks, or in which the two differ
   */
  complete(body: unknown, id: string, parameters: ReadonlyMap<string, string>): unknown;
  /** What follows the path of the routes in an item's own address, without what its key fills in by itself. */
  of(item: Readonly<Record<string, unknown>>): string;
}

export function entityAddress({ definition, key }: AnyEntity): EntityAddress {
  const fields = keyParameters({ definition });

  const given = (parameters: ReadonlyMap<string, string>) =>
    fields.flatMap((field) => {
      const text = parameters.get(field.parameter);
      return text === undefined ? [] : [{ field, value: fieldValue(field, text) }];
    });

  function keyOf(id: string, parameters: ReadonlyMap<string, string>): Record<string, unknown> {
    const result: Record<string, unknown> = { id };
    for (const { field, value } of given(parameters)) putAt(result, field.path, value);
    return result;
  }

  return {
    parameters: fields.map(({ parameter }) => parameter),
    scope(parameters) {
      const parts = given(parameters);
      if (parts.length === 0) return undefined;
      if (fields.length === 1) return parts[0]?.value;
      const scope: Record<string, unknown> = {};
      for (const { field, value } of parts) putAt(scope, field.path, value);
      return scope;
    },
    key: keyOf,
    keyIn(body) {
      const result: Record<string, unknown> = { id: valueAt(body, ["id"]) };
      for (const { path: at } of fields) {
        const value = valueAt(body, at);
        if (value !== undefined) putAt(result, at, value);
      }
      return result;
    },
    complete(body, id, parameters) {
      const said = keyOf(id, parameters);
      // With what the key fills in by itself: the body has no say in which item an address means.
      const parsed = key.safeParse(said);
      if (!parsed.success) throw new TRPCError({ code: "BAD_REQUEST", cause: parsed.error });
      if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
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
      const completed = structuredClone(body) as Record<string, unknown>;
      for (const { at, value } of wanted) putAt(completed, at, value);
      return completed;
    },
    of(item) {
      const id = String(item["id"]);
      const own = fields.map(({ parameter, path: at }) => [parameter, valueAt(item, at)] as const);
      const filled = key.safeParse({ id });
      const isFilled =
        filled.success && fields.every(({ path: at }, index) => valueAt(filled.data, at) === own[index]?.[1]);
      const query = new URLSearchParams(
        own.map(([parameter, value]): [string, string] => [parameter, String(value)]),
      );
      return `/${encodeURIComponent(id)}${isFilled ? "" : `?${query}`}`;
    },
  };
}

/** A parameter's text as the field has it: what it cannot be stays text, and the schema refuses it. */
function fieldValue({ kinds }: PartitionKeyField, text: string): unknown {
  if (kinds.has("string")) return text;
  if (kinds.has("number") && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (kinds.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return kinds.has("null") && text === "null" ? null : text;
}
