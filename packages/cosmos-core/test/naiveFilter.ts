import type { Filter, Item } from "../src/index.ts";

/** Filters by their own words, on items in memory: a second reading of what they mean. */

const codePoints = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

function isBefore(one: unknown, other: unknown): boolean {
  if (typeof one === "number" && typeof other === "number") return one < other;
  if (typeof one !== "string" || typeof other !== "string") return false;
  const [left, right] = [codePoints(one), codePoints(other)];
  const at = left.findIndex((unit, index) => unit !== right[index]);
  if (at === -1) return left.length < right.length;
  return at < right.length && (left[at] ?? 0) < (right[at] ?? 0);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function look(item: unknown, path: string): unknown {
  const steps = path.startsWith("/") ? path.slice(1).split("/") : path.split(".");
  return steps.reduce<unknown>(
    (value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    item,
  );
}

function contains(value: unknown, part: unknown): boolean {
  if (typeof value === "string") return typeof part === "string" && value.includes(part);
  if (!Array.isArray(value)) return false;
  return value.some((element) =>
    isObject(part)
      ? isObject(element) &&
        Object.entries(part).every(
          ([name, wanted]) => Object.hasOwn(element, name) && element[name] === wanted,
        )
      : element === part,
  );
}

function fulfils(value: unknown, operator: string, asked: unknown): boolean {
  const isSameType = typeof value === typeof asked;
  switch (operator) {
    case "eq":
      return value === asked;
    case "ne":
      return value !== asked;
    case "lt":
      return isBefore(value, asked);
    case "lte":
      return isSameType && (value === asked || isBefore(value, asked));
    case "gt":
      return isBefore(asked, value);
    case "gte":
      return isSameType && (value === asked || isBefore(asked, value));
    case "in":
      return (asked as unknown[]).includes(value);
    case "contains":
      return contains(value, asked);
    case "startsWith":
      return typeof value === "string" && value.startsWith(String(asked));
    default:
      return (value !== undefined) === asked;
  }
}

/** Whether a filter holds for an item. */
export function holds(filter: Filter<Item>, item: Item): boolean {
  return Object.entries(filter).every(([name, part]) => {
    if (name === "and") return (part as Filter<Item>[]).every((inner) => holds(inner, item));
    if (name === "or") return (part as Filter<Item>[]).some((inner) => holds(inner, item));
    if (name === "not") return !holds(part as Filter<Item>, item);
    const value = look(item, name);
    return Object.entries(part as object).every(([operator, asked]) => fulfils(value, operator, asked));
  });
}
