import { isObject, type JsonObject, own, type Value } from "./json.ts";

const known = new Map<string, readonly string[]>();
const maxKnown = 10_000;

/**
 * Splits a path as the service writes it in partition keys, unique keys and indexing policies, `/a/"b c"/d`, into its
 * property names; undefined for what is no such path.
 */
export function parsePath(path: string): readonly string[] | undefined {
  const parsed = known.get(path);
  if (parsed !== undefined) return parsed;
  const names: string[] = [];
  const segment = /\/(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)'|([^/"']+))/gy;
  let end = 0;
  for (let match = segment.exec(path); match !== null; match = segment.exec(path)) {
    names.push((match[1] ?? match[2])?.replaceAll(/\\(.)/g, "$1") ?? (match[3] as string).trim());
    end = segment.lastIndex;
  }
  if (names.length === 0 || end !== path.length) return undefined;
  if (known.size < maxKnown) known.set(path, names);
  return names;
}

/** What lies at a path of an item; undefined where it leads nowhere. */
export function valueAt(item: JsonObject, names: readonly string[]): Value {
  let value: Value = item;
  for (const name of names) {
    if (!isObject(value)) return undefined;
    value = own(value, name);
  }
  return value;
}
