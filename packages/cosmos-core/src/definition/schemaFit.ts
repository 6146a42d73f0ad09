import { fieldProblems, type JsonPath, maxJsonDepth, putAt, valueAt } from "@cosmos-trpc/base";
import { z } from "zod";
import { type FieldProblem, StoreError } from "../errors/errors.ts";
import type { AnyDefinition } from "./containerDefinition.ts";

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** What a schema makes of a value, or what it refuses it for. */
type Applied = { readonly data: object; readonly unknown?: readonly JsonPath[] } | Issues;

/**
 * Applies a definition's schema to what is to be written.
 *
 * @param isKept whether a property that the schema does not know is kept nevertheless, where it is strict
 * @param hasProto whether an object of it may have `__proto__` as a property of its own
 * @returns what the schema makes of it, or every field that is wrong
 * @throws StoreError `misconfigured` when the schema's own functions throw or are asynchronous
 */
export function applySchema(
  definition: AnyDefinition,
  input: unknown,
  isKept: (place: JsonPath) => boolean = () => false,
  hasProto = true,
): { readonly item: object } | { readonly problems: readonly FieldProblem[] } {
  const applied = applyKeeping(definition, input, isKept);
  if ("issues" in applied) return { problems: fieldProblems(applied) };
  const problems: FieldProblem[] = [];
  const dropped = hasProto ? droppedProtos(input, applied.data) : [];
  for (const place of dropped)
    if (!isKept(place)) problems.push({ path: place.join("."), message: unstorable });
  if (problems.length > 0) return { problems };
  for (const place of [...(applied.unknown ?? []), ...dropped]) {
    if (holderOf(applied.data, place)[0] !== undefined) putAt(applied.data, place, valueAt(input, place));
  }
  return { item: applied.data };
}

/** What is wrong with a field that a schema lets in and leaves out of its results. */
export const unstorable = "cannot be stored: zod leaves this name out";

/**
 * Where objects have `__proto__` as a property of their own, as `JSON.parse` makes it, and what a schema made of them
 * has not: zod's objects and records leave it out without a word.
 */
export function droppedProtos(given: unknown, made: unknown, outer: JsonPath = []): JsonPath[] {
  // What nests deeper is refused.
  if (given === made || !isContainer(given) || !isContainer(made) || outer.length > maxJsonDepth + 1)
    return [];
  return Object.keys(given).flatMap((name) => {
    const place = [...outer, name];
    if (Object.hasOwn(made, name)) return droppedProtos(given[name], made[name], place);
    return name === "__proto__" ? [place] : [];
  });
}

/**
 * Brings an item that was read into the schema's form, in place: defaults of what it lacks are filled in, and what the
 * schema makes of its values (trimmed, in lower case) stands for them. What the schema does not know, as another
 * version of the application may have written it, stays.
 *
 * @returns what of the item does not fit; nothing when it does
 */
export function fitToSchema(definition: AnyDefinition, item: object): readonly FieldProblem[] {
  const applied = applyKeeping(definition, item, keepsAll);
  if ("issues" in applied) return fieldProblems(applied);
  const [stored, made] = [item as Container, applied.data as Container];
  if (fill(stored, made, false)) return [];
  // Some value is made into another one.
  const unsettled = unsettledField(definition, made);
  if (unsettled !== undefined) return [unsettled];
  fill(stored, made, true);
  return [];
}

/**
 * The field that a schema makes into something else again, or refuses, when it is applied to what it has made. It has to
 * leave that as it is, or each reading and writing back changes more.
 */
export function unsettledField(definition: AnyDefinition, made: object): FieldProblem | undefined {
  const again = apply(definition, made);
  const path = "issues" in again ? fieldProblems(again)[0]?.path : difference(made, again.data);
  if (path === undefined) return undefined;
  const message =
    "is made into something else each time that the schema is applied, which has to leave what it gave as it is";
  return { path, message };
}

const keepsAll = (): boolean => true;

function apply({ id, schema }: AnyDefinition, input: unknown): Applied {
  try {
    const parsed = schema.safeParse(input);
    return parsed.success ? parsed : parsed.error;
  } catch (error) {
    // zod walks with recursion.
    if (error instanceof RangeError) {
      const message = `nests deeper than ${maxJsonDepth} levels`;
      return { issues: [{ code: "custom", path: [], message, input }] };
    }
    const problem =
      error instanceof z.core.$ZodAsyncError
        ? "has an asynchronous check or transform, and a store applies it at once: do that before the item is written"
        : `fails: ${String(error)}. A check or transform that throws has to add an issue instead`;
    throw new StoreError(
      "misconfigured",
      `The schema of ${id} ${problem}.`,
      { code: "schema-broken" },
      error,
    );
  }
}

/** The same, without the properties that the schema does not know and that are kept. */
function applyKeeping(
  definition: AnyDefinition,
  input: unknown,
  isKept: (place: JsonPath) => boolean,
): Applied {
  const applied = apply(definition, input);
  if (!("issues" in applied)) return applied;
  const { unknown, issues } = withoutKept(applied.issues, isKept);
  // Of what was read, nothing is named that is kept: callers may not know that it is there.
  if (issues.length > 0) return isKept === keepsAll ? { issues } : applied;
  const known = structuredClone(input);
  for (const place of unknown) {
    const [holder, name] = holderOf(known, place);
    if (holder !== undefined) delete holder[name];
  }
  const without = apply(definition, known);
  return "issues" in without ? without : { ...without, unknown };
}

/** The properties that a strict schema does not know and that are kept, and what else it refuses. */
function withoutKept(
  refused: Issues["issues"],
  isKept: (place: JsonPath) => boolean,
  outer: JsonPath = [],
): { readonly unknown: readonly JsonPath[]; readonly issues: Issues["issues"] } {
  const unknown: JsonPath[] = [];
  const issues: z.core.$ZodIssue[] = [];
  for (const issue of refused) {
    if (issue.code !== "unrecognized_keys" && issue.code !== "invalid_union") {
      issues.push(issue);
      continue;
    }
    const place = [...outer, ...issue.path.map(String)];
    if (issue.code === "unrecognized_keys") {
      const keys = issue.keys.filter((name) => !isKept([...place, name]));
      if (keys.length > 0) issues.push({ ...issue, keys });
      const others = new Set(keys);
      for (const name of issue.keys) if (!others.has(name)) unknown.push([...place, name]);
      continue;
    }
    const branch = issue.errors
      .map((errors) => withoutKept(errors, isKept, place))
      .find((one) => one.issues.length === 0);
    if (branch === undefined) issues.push(issue);
    else for (const kept of branch.unknown) unknown.push(kept);
  }
  return { unknown, issues };
}

type Container = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** What has a place's last name, if it is there. */
function holderOf(root: unknown, place: JsonPath): [Container | undefined, string] {
  const holder: unknown = valueAt(root, place.slice(0, -1));
  return [isContainer(holder) ? holder : undefined, place.at(-1) ?? ""];
}

/**
 * Puts into a value what another one has and it lacks; what differs too, if that is wanted.
 *
 * @returns whether nothing differs. Lists call it for each item: it makes nothing.
 */
function fill(stored: Container, made: Container, replaces: boolean): boolean {
  let isSame = true;
  if (Array.isArray(made)) {
    for (let at = 0; at < made.length; at += 1) isSame = fillPlace(stored, made, at, replaces) && isSame;
  } else {
    for (const name in made) isSame = fillPlace(stored, made, name, replaces) && isSame;
  }
  return isSame;
}

function fillPlace(stored: Container, made: Container, name: string | number, replaces: boolean): boolean {
  const old = stored[name];
  const value = made[name];
  if (old === value) return true;
  if (old === undefined) {
    stored[name] = value;
    return true;
  }
  if (isAlike(old, value)) return fill(old, value as Container, replaces);
  if (replaces) stored[name] = value;
  return false;
}

/** Whether two values are objects, or arrays of the same length. */
const isAlike = (one: unknown, other: unknown): one is Container =>
  isContainer(one) &&
  isContainer(other) &&
  (Array.isArray(one) ? Array.isArray(other) && one.length === other.length : !Array.isArray(other));

/** The first place at which two values differ; what is undefined counts as not there. */
function difference(one: unknown, other: unknown, place: JsonPath = []): string | undefined {
  if (one === other) return undefined;
  if (!isAlike(one, other)) return place.join(".");
  for (const name of new Set([...Object.keys(one), ...Object.keys(other as Container)])) {
    const found = difference(one[name], (other as Container)[name], [...place, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
