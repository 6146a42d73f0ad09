import {
  type EntityManifest,
  isRecord,
  type JsonPath,
  type JsonSchema,
  parsePath,
  pathText,
  type ScalarKind,
} from "@cosmos-trpc/base";
import { closestMatch } from "leven";
import { WrongUsage } from "../errors.ts";

/** What may stand at a path of an item, as far as reading it from text depends on it. */
export interface Field {
  readonly kinds: readonly ScalarKind[];
  /** What the elements may be, where it may be a list; none where they are objects. */
  readonly elements?: readonly ScalarKind[];
  /** Whether it may be an object, or any JSON. */
  readonly isJson: boolean;
  /** Whether it is seconds since 1970, which people write and read as a time. */
  readonly isTime: boolean;
  /** Whether only the service writes it. */
  readonly isReadOnly: boolean;
}

/** What the service adds to an item. Source: Learn, "Azure Cosmos DB resource model", properties of an item. */
export const serviceProperties: readonly string[] = ["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"];

const anyKind: readonly ScalarKind[] = ["string", "number", "boolean", "null"];

/** Anything may stand there. */
export const anything: Field = {
  kinds: anyKind,
  elements: anyKind,
  isJson: true,
  isTime: false,
  isReadOnly: false,
};

const isBelow = (path: readonly string[], outer: readonly string[]): boolean =>
  outer.length < path.length && outer.every((name, index) => name === path[index]);

/** What an entity's items have at a path; `undefined` where the schema has nothing there. */
export function fieldAt(entity: EntityManifest, path: readonly string[]): Field | undefined {
  const [root = "", ...below] = path;
  const column = entity.columns.find((one) => one.path.join("\0") === path.join("\0"));
  if (column !== undefined) {
    return {
      kinds: column.isOpen ? anyKind : column.kinds,
      ...((column.elements ?? column.isOpen) ? { elements: column.elements ?? anyKind } : {}),
      isJson: column.isObject || column.isOpen,
      isTime: column.name === "_ts",
      isReadOnly: column.isReadOnly,
    };
  }
  if (serviceProperties.includes(root) && below.length === 0) return { ...anything, isReadOnly: true };
  const isInside = entity.columns.some(
    (one) => isBelow(path, one.path) && (one.isObject || one.isOpen || one.elements !== undefined),
  );
  if (isInside) return anything;
  const isAbove = entity.columns.some((one) => isBelow(one.path, path));
  return isAbove ? { kinds: [], isJson: true, isTime: false, isReadOnly: false } : undefined;
}

/**
 * The field at a path that somebody wrote.
 *
 * @throws WrongUsage when the schema has none there, with the one that was meant
 */
export function knownField(entity: EntityManifest, name: string, where: string, what: string): Field {
  const path = parsePath(name);
  const field = typeof path === "string" ? undefined : fieldAt(entity, path);
  if (field !== undefined) return field;
  const known = entity.columns.map((column) => column.name);
  throw new WrongUsage(`${where}: ${name} is no field of ${what}.${suggestion(name, known)}`);
}

/**
 * Holds an item's names against its schema, as far as that is strict.
 *
 * @throws WrongUsage for a name that is none of its fields, with the one that was meant
 */
export function checkNames(
  value: unknown,
  { properties, additionalProperties, items }: JsonSchema,
  what: string,
  path: JsonPath = [],
): void {
  if (Array.isArray(value) && isRecord(items)) {
    for (const [at, element] of value.entries()) checkNames(element, items, what, [...path, String(at)]);
  }
  if (!isRecord(value) || !isRecord(properties)) return;
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isRecord(known)) checkNames(inner, known, what, [...path, name]);
    else if (additionalProperties === false && !(path.length === 0 && serviceProperties.includes(name))) {
      throw new WrongUsage(
        `${pathText([...path, name])} is no field of ${what}.${suggestion(name, Object.keys(properties))}`,
      );
    }
  }
}

/** ` Did you mean name?`, where one of the known words is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  // A third of the letters may be wrong; two that changed places count as two.
  const maxDistance = Math.max(word.length < 3 ? 1 : 2, Math.ceil(word.length / 3));
  const near = closestMatch(word, known, { maxDistance });
  return near === undefined ? "" : ` Did you mean ${near}?`;
}

/** The same; where none is near all known words, when there are few. */
export const suggestion = (word: string, known: readonly string[]): string =>
  didYouMean(word, known) ||
  (known.length > 0 && known.length <= 20 ? ` There are ${known.join(", ")}.` : "");
