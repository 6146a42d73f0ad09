import { hash } from "node:crypto";
import { childrenOf, type TypeTree } from "../typeTree.ts";

/** @returns a key that two trees share exactly when they are the same type, whatever their comments and order */
export type TypeClasses = (tree: TypeTree) => string;

/**
 * Sorts types into classes of equal ones. Recursive types are graphs, so they are not compared by writing them out,
 * which takes for ever when thirty kinds of node refer to each other: every type starts with a label for what is
 * directly in it, and takes its neighbours' labels in until no two types part company any more.
 * @param roots the types; everything inside them is classified too
 */
export function classifyTypes(roots: readonly TypeTree[]): TypeClasses {
  const trees = [...reachable(roots)];
  let labels = new Map(trees.map((tree) => [tree, shapeOf(tree)]));
  let count = 0;
  for (;;) {
    const next = new Map(trees.map((tree) => [tree, refine(tree, labels)]));
    const nextCount = new Set(next.values()).size;
    labels = next;
    if (nextCount === count) break;
    count = nextCount;
  }
  return (tree) => {
    const label = labels.get(tree);
    if (label === undefined) throw new Error("this type was not among those to classify");
    return label;
  };
}

/** @returns the types and everything inside them, each once, in the order in which they are written */
export function reachable(roots: readonly TypeTree[]): ReadonlySet<TypeTree> {
  const found = new Set<TypeTree>();
  const waiting = roots.toReversed();
  for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
    if (found.has(tree)) continue;
    found.add(tree);
    waiting.push(...childrenOf(tree).toReversed());
  }
  return found;
}

/** What is directly in a type, without the types inside it. */
function shapeOf(tree: TypeTree): string {
  switch (tree.kind) {
    case "text":
      return `text ${tree.text}`;
    case "reference":
      return `${tree.from} ${tree.name}`;
    case "array":
      return `array ${tree.isReadonly}`;
    case "tuple":
      return `tuple ${tree.isReadonly} ${tree.elements.map((element) => `${element.label} ${element.form}`).join()}`;
    case "union":
    case "intersection":
      return tree.kind;
    case "template":
      return `template ${JSON.stringify(tree.texts)}`;
    case "object":
      return "object";
  }
}

function refine(tree: TypeTree, labels: ReadonlyMap<TypeTree, string>): string {
  const label = (child: TypeTree): string => labels.get(child) ?? "";
  const parts =
    tree.kind === "object"
      ? [
          ...tree.indexes.map(
            (index) => `[${label(index.key)}] ${index.isReadonly} ${index.isRecord} ${label(index.type)}`,
          ),
          ...tree.properties.map(
            ({ key, isOptional, isReadonly, type }) => `${key} ${isOptional} ${isReadonly} ${label(type)}`,
          ),
        ].toSorted()
      : childrenOf(tree).map(label);
  const ordered = tree.kind === "union" ? parts.toSorted() : parts;
  return hash("sha1", [shapeOf(tree), ...ordered].join("\n"), "base64");
}
