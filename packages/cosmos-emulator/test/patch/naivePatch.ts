import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";

/** An operation as it goes over the wire. */
export interface WireOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** JSON in which properties are kept in maps: no name in it can mean anything to JavaScript. */
type Tree = null | boolean | number | string | Tree[] | Map<string, Tree>;

function toTree(json: Json): Tree {
  if (Array.isArray(json)) return json.map(toTree);
  if (typeof json !== "object" || json === null) return json;
  return new Map(Object.entries(json).map(([name, value]) => [name, toTree(value)]));
}

function textOf(tree: Tree): string {
  if (Array.isArray(tree)) return `[${tree.map(textOf).join(",")}]`;
  if (!(tree instanceof Map)) return JSON.stringify(tree);
  // Objects put names that are array indexes first.
  const isIndex = (name: string): boolean => /^(0|[1-9]\d*)$/.test(name);
  const entries = [...tree].sort(([one], [other]) =>
    isIndex(one) && isIndex(other)
      ? Number(one) - Number(other)
      : Number(isIndex(other)) - Number(isIndex(one)),
  );
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(",")}}`;
}

const refused = Symbol("refused");
type Result = Tree | typeof refused;

/** A change of one place, given what is there (nothing: `undefined`); gives what shall be there, or nothing. */
type Change = (there: Tree | undefined, isInArray: boolean) => Tree | undefined | typeof refused;

/** A copy of the tree with one place changed. `shift` says that an array makes room for it. */
function changed(tree: Tree, path: readonly string[], shift: boolean, change: Change): Result {
  const [name, ...rest] = path;
  if (name === undefined) return refused;
  const isLast = rest.length === 0;
  if (Array.isArray(tree)) {
    const index = name === "-" && isLast ? tree.length : /^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1;
    if (index < 0 || index > tree.length) return refused;
    const there = tree[index];
    if (!isLast) {
      if (there === undefined) return refused;
      const inner = changed(there, rest, shift, change);
      return inner === refused ? refused : tree.with(index, inner);
    }
    const now = change(there, true);
    if (now === refused) return refused;
    if (now === undefined) return tree.toSpliced(index, 1);
    return tree.toSpliced(index, shift ? 0 : 1, now);
  }
  if (!(tree instanceof Map)) return refused;
  const there = tree.get(name);
  let now: ReturnType<Change>;
  if (isLast) now = change(there, false);
  else now = there === undefined ? refused : changed(there, rest, shift, change);
  if (now === refused) return refused;
  const copy = new Map(tree);
  if (now === undefined) copy.delete(name);
  else copy.set(name, now);
  return copy;
}

const namesOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));

function step(tree: Tree, { op, path, from, value }: WireOperation): Result {
  const to = namesOf(path);
  const given = toTree(value ?? null);
  switch (op) {
    case "add":
      return changed(tree, to, true, () => given);
    case "set":
      return changed(tree, to, false, () => given);
    case "replace":
      return changed(tree, to, false, (there) => (there === undefined ? refused : given));
    case "remove":
      return changed(tree, to, false, (there) => (there === undefined ? refused : undefined));
    case "incr":
      return changed(tree, to, false, (there) => {
        if (there === undefined) return given;
        const sum = typeof there === "number" ? there + Number(given) : Number.NaN;
        return Number.isFinite(sum) ? sum : refused;
      });
    default: {
      const source = namesOf(from ?? "");
      if (path.startsWith(`${from}/`)) return refused;
      let moved: Tree = null;
      const without = changed(tree, source, false, (there) => {
        if (there === undefined) return refused;
        moved = there;
        return undefined;
      });
      return without === refused ? refused : changed(without, to, true, () => moved);
    }
  }
}

/** What a patch makes of a document, as text; `undefined` when it is refused. */
export function naivePatch(document: JsonObject, operations: readonly WireOperation[]): string | undefined {
  let tree: Tree = toTree(document);
  for (const operation of operations) {
    const next = step(tree, operation);
    if (next === refused) return undefined;
    tree = next;
  }
  return textOf(tree);
}
