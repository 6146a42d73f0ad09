import { isObject, type Json, type JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { escapeName } from "../jsonPointer.ts";

/**
 * A document's index terms: one for each scalar, array and object in it, as (path, value). A value is encoded so that
 * bytes compare as the service orders values: by type first, then by size or by UTF-8 bytes.
 */

/** The first byte of an encoded value: its type, in the service's order. */
export const typeMark = {
  null: 0x01,
  false: 0x02,
  true: 0x03,
  number: 0x05,
  /** A string with half a surrogate pair, which UTF-8 cannot hold: kept apart, without its text. */
  oddString: 0x07,
  string: 0x08,
  array: 0x09,
  object: 0x0a,
} as const;

/** Bytes of a string that are kept in its term. Longer strings share a term with others that begin alike. */
const stringBytes = 64;

/** A document with more terms than this has none but the mark that it is not indexed. */
const maxTerms = 2_000;

/** How "any element of the array" stands in a path. */
const anyElement = "[]";

/** A path as text: names joined by slashes, escaped as in a JSON pointer; `[]` bare is an array's elements. */
export const childPath = (parent: string, name: string): string =>
  `${parent}/${/[~/[]/.test(name) ? escapeName(name).replaceAll("[", "~2") : name}`;

/** The path of an array's elements. */
export const elementPath = (parent: string): string => `${parent}/${anyElement}`;

/** A term: where a value stands, and the value encoded. */
export interface Term {
  readonly path: string;
  readonly value: Buffer;
}

/** A document's terms; `undefined` when there are too many to index it. */
export function termsOf(document: JsonObject): Term[] | undefined {
  const terms: Term[] = [];
  const pending: { path: string; value: Json }[] = [{ path: "", value: document }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, value } = next;
    if (path !== "") terms.push({ path, value: encodeValue(value) });
    if (terms.length + pending.length > maxTerms) return undefined;
    if (Array.isArray(value)) {
      const elements = elementPath(path);
      for (const element of value) pending.push({ path: elements, value: element });
    } else if (isObject(value)) {
      for (const name of Object.keys(value)) {
        pending.push({ path: childPath(path, name), value: value[name] as Json });
      }
    }
  }
  return terms;
}

/** Encodes a value; of a long string its beginning, of an array or object only that it is one. */
export function encodeValue(value: Json): Buffer {
  switch (typeof value) {
    case "boolean":
      return Buffer.of(value ? typeMark.true : typeMark.false);
    case "number":
      return encodeNumber(value);
    case "string":
      return encodeString(value);
    default:
      if (value === null) return Buffer.of(typeMark.null);
      return Buffer.of(Array.isArray(value) ? typeMark.array : typeMark.object);
  }
}

/** Whether an encoded value may stand for several different values. */
export const isInexact = (value: Buffer): boolean =>
  value.length > stringBytes || (value[0] ?? 0) > typeMark.string || value[0] === typeMark.oddString;

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = typeMark.number;
  // -0 equals 0.
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  // Negative numbers: all bits turned; others: the sign bit set. Then bytes compare as the numbers do.
  const mask = value < 0 ? 0xff : 0x00;
  for (let index = 1; index < 9; index += 1) bytes[index] = (bytes[index] ?? 0) ^ mask;
  if (value >= 0) bytes[1] = (bytes[1] ?? 0) | 0x80;
  return bytes;
}

function encodeString(value: string): Buffer {
  if (!value.isWellFormed()) return Buffer.of(typeMark.oddString);
  // A character has at most three bytes a UTF-16 unit: more units than this cannot be needed.
  const text = Buffer.from(value.length > stringBytes ? value.slice(0, stringBytes + 1) : value);
  const kept = text.subarray(0, stringBytes);
  const bytes = Buffer.allocUnsafe(kept.length + 1);
  bytes[0] = typeMark.string;
  kept.copy(bytes, 1);
  return bytes;
}
