import type { TypeTree } from "../typeTree.ts";
import { reachable, type TypeClasses } from "./classifyTypes.ts";
import { findLoop } from "./findLoop.ts";

/** A type that gets a declaration of its own. */
export interface Declaration {
  readonly name: string;
  readonly tree: TypeTree;
  readonly documentation: string | undefined;
}

/** A type that the router reaches, with the words to make up a name from if it needs one. */
export interface NamingRoot {
  readonly tree: TypeTree;
  readonly fallbackName: string;
  /** Whether it gets a declaration even if the project has no name for it. */
  readonly isAlwaysNamed: boolean;
}

/** A type that the project's files call something, whether or not the router reaches it. */
export interface KnownName {
  readonly tree: TypeTree;
  readonly name: string;
  readonly documentation: string | undefined;
  /** Whether it is what a schema takes; where it gives the same, that name is meant. */
  readonly isSchemaInput: boolean;
}

/**
 * Chooses which types get a declaration and what they are called: those for which the project has one name, and those
 * that contain themselves.
 * @param roots the types that the router mentions, in its order
 * @param knownNames what the project calls its types
 * @param classOf tells types apart; it must know all trees of both
 * @param taken names that stand for something else in the file
 * @returns the declarations by the class of their type
 */
export function chooseNames(
  roots: readonly NamingRoot[],
  knownNames: readonly KnownName[],
  classOf: TypeClasses,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  const used = new Set(taken);
  const declare = (tree: TypeTree, wish: string, documentation: string | undefined): void => {
    let name = wish;
    for (let count = 2; used.has(name); count++) name = `${wish}${count}`;
    used.add(name);
    declarations.set(classOf(tree), { name, tree, documentation });
  };

  const trees = [...reachable(roots.map((root) => root.tree))];
  const candidates = candidateNames(trees, knownNames, classOf);
  for (const tree of trees) {
    const names = candidates.get(classOf(tree));
    const [name] = names?.keys() ?? [];
    // With two names for one type, either would mislead where the other is meant.
    if (name === undefined || names?.size !== 1 || declarations.has(classOf(tree)) || !isWorthNaming(tree))
      continue;
    declare(tree, name, names.get(name));
  }
  for (const { tree, fallbackName, isAlwaysNamed } of roots) {
    if (isAlwaysNamed && isWorthNaming(tree) && !declarations.has(classOf(tree)))
      declare(tree, fallbackName, undefined);
  }
  const isDeclared = (tree: TypeTree): boolean => declarations.has(classOf(tree));
  for (const { tree, fallbackName } of roots) {
    // Each declaration opens one circle; others may be left.
    for (let looped = findLoop(tree, classOf, isDeclared); looped !== undefined; ) {
      declare(looped, suggestedName(looped) ?? fallbackName, undefined);
      looped = findLoop(tree, classOf, isDeclared);
    }
  }
  return declarations;
}

/** A name for `string` would hide more than it says. */
function isWorthNaming(tree: TypeTree): boolean {
  switch (tree.kind) {
    case "union":
    case "intersection":
      return true;
    case "object":
      return tree.properties.length > 0;
    default:
      return false;
  }
}

function candidateNames(
  trees: readonly TypeTree[],
  knownNames: readonly KnownName[],
  classOf: TypeClasses,
): ReadonlyMap<string, ReadonlyMap<string, string | undefined>> {
  const candidates = new Map<string, Map<string, string | undefined>>();
  const add = (tree: TypeTree, name: string, documentation: string | undefined): void => {
    const names = candidates.get(classOf(tree)) ?? new Map<string, string | undefined>();
    names.set(name, names.get(name) ?? documentation);
    candidates.set(classOf(tree), names);
  };
  for (const tree of trees) {
    const suggestion = "suggestion" in tree ? tree.suggestion : undefined;
    if (suggestion?.isOwn === true) add(tree, suggestion.name, suggestion.documentation);
  }
  for (const { tree, name, documentation, isSchemaInput } of knownNames) {
    if (!isSchemaInput) add(tree, name, documentation);
  }
  const named = new Set(candidates.keys());
  for (const { tree, name, documentation, isSchemaInput } of knownNames) {
    if (isSchemaInput && !named.has(classOf(tree))) add(tree, name, documentation);
  }
  return candidates;
}

function suggestedName(tree: TypeTree): string | undefined {
  return "suggestion" in tree ? tree.suggestion?.name : undefined;
}
