import { type PartitionKeyField, partitionKeyFields } from "@cosmos-trpc/cosmos-core/schema";
import { TRPCError } from "@trpc/server";
import type { AnyEntity } from "../entity/entity.ts";
import { badRequest } from "./problem.ts";

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
  /** An item's own address, without what its key fills in by itself. */
  of(item: Readonly<Record<string, unknown>>): string;
}

/** The addresses below a path. */
export function entityAddress({ definition, key }: AnyEntity, path: string): EntityAddress {
  const fields = partitionKeyFields(definition);

  const given = (parameters: ReadonlyMap<string, string>) =>
    fields.flatMap((field) => {
      const text = parameters.get(field.name);
      return text === undefined ? [] : [{ field, value: fieldValue(field, text) }];
    });

  function keyOf(id: string, parameters: ReadonlyMap<string, string>): Record<string, unknown> {
    const result: Record<string, unknown> = { id };
    for (const { field, value } of given(parameters)) put(result, field.path, value);
    return result;
  }

  return {
    parameters: fields.map(({ name }) => name),
    scope(parameters) {
      const parts = given(parameters);
      if (parts.length === 0) return undefined;
      if (fields.length === 1) return parts[0]?.value;
      const scope: Record<string, unknown> = {};
      for (const { field, value } of parts) put(scope, field.path, value);
      return scope;
    },
    key: keyOf,
    keyIn(body) {
      const result: Record<string, unknown> = { id: read(body, ["id"]) };
      for (const { path: at } of fields) {
        const value = read(body, at);
        if (value !== undefined) put(result, at, value);
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
        value: read(parsed.data, at),
      }));
      const differing = wanted.filter(({ at, value }) => {
        const there = read(body, at);
        return there !== undefined && there !== value && there !== read(said, at);
      });
      if (differing.length > 0) {
        throw badRequest(
          differing.map(({ name }) => ({ path: name, message: "is another than in the address" })),
        );
      }
      const completed = structuredClone(body) as Record<string, unknown>;
      for (const { at, value } of wanted) put(completed, at, value);
      return completed;
    },
    of(item) {
      const id = String(item["id"]);
      const own = fields.map(({ name, path: at }) => [name, read(item, at)] as const);
      const filled = key.safeParse({ id });
      const isFilled =
        filled.success && fields.every(({ path: at }, index) => read(filled.data, at) === own[index]?.[1]);
      const query = new URLSearchParams(own.map(([name, value]): [string, string] => [name, String(value)]));
      return `${path}/${encodeURIComponent(id)}${isFilled ? "" : `?${query}`}`;
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

function read(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

function put(target: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const below = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
  target[name] = below;
  put(below, rest, value);
}
