import { childrenOf, type TypeTree } from "../typeTree.ts";
import { classifyTypes } from "./classifyTypes.ts";

/**
 * Orders a union's members by what they are and not by when the compiler met them, nor by what else there is, which any
 * other file can change: keywords and literals first, then objects by their text, then `null` and `undefined`.
 */
export function orderedMembers(members: readonly TypeTree[]): readonly TypeTree[] {
  const keys = members.map((tree) => ({ tree, rank: rankOf(tree), outline: outlineOf(tree, 3) }));
  const classes = new Map<TypeTree, string>();
  keys.sort(
    (a, b) =>
      a.rank - b.rank ||
      compareOutlines(a.outline, b.outline) ||
      compareText(ownClass(a.tree, classes), ownClass(b.tree, classes)),
  );
  return keys.map(({ tree }) => tree);
}

/** What a type is in all its depth. Classified among others it would have another key with every other type beside it. */
function ownClass(tree: TypeTree, known: Map<TypeTree, string>): string {
  const own = known.get(tree) ?? classifyTypes([tree])(tree);
  known.set(tree, own);
  return own;
}

const emptyTypes = ["null", "undefined", "void"];

function rankOf(tree: TypeTree): number {
  if (tree.kind !== "text") return tree.kind === "template" ? 1 : 2;
  return emptyTypes.includes(tree.text) ? 3 + emptyTypes.indexOf(tree.text) : 0;
}

/** A type's text to a certain depth: enough to put a discriminated union's members in the order of their tags. */
function outlineOf(tree: TypeTree, depth: number): string {
  if (tree.kind === "text") return tree.text;
  if (depth === 0) return tree.kind;
  if (tree.kind === "template") return tree.texts.join("$");
  if (tree.kind === "object") {
    const properties = tree.properties.map(
      ({ key, isOptional, isReadonly, type }) =>
        `${key}${isOptional ? "?" : ""}:${outlineOf(type, depth - 1)}${isReadonly ? " readonly" : ""}`,
    );
    const indexes = tree.indexes.map(
      ({ key, isReadonly, isRecord, type }) =>
        `[${outlineOf(key, depth - 1)}${isRecord ? " in" : ""}]:${outlineOf(type, depth - 1)}${isReadonly ? " readonly" : ""}`,
    );
    return [...properties, ...indexes].join(";");
  }
  const inner = childrenOf(tree).map((child) => outlineOf(child, depth - 1));
  const sorted = tree.kind === "union" ? inner.toSorted() : inner;
  return `${tree.kind}${tree.kind === "reference" ? tree.name : ""}<${sorted.join()}>`;
}

function compareOutlines(a: string, b: string): number {
  const numbers = [Number(a), Number(b)] as const;
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
