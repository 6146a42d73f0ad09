import { childrenOf, type TypeTree } from "../typeTree.ts";
import type { TypeClasses } from "./classifyTypes.ts";

/**
 * @param root where to look
 * @param classOf tells types apart
 * @param isDeclared whether a type has a declaration; a circle through one is written without trouble
 * @returns a type that can only be written with a declaration, because it contains itself: of its circle the type that
 * the source has a name for, or else the outermost
 */
export function findLoop(
  root: TypeTree,
  classOf: TypeClasses,
  isDeclared: (tree: TypeTree) => boolean,
): TypeTree | undefined {
  const finished = new Set<string>();
  const declaredBodies = [root];
  /** Walks what is written in one place, that is, up to the names of declared types. */
  const walk = (tree: TypeTree, enclosing: readonly TypeTree[]): TypeTree | undefined => {
    if (tree.kind === "text") return undefined;
    const key = classOf(tree);
    const level = enclosing.findIndex((outer) => classOf(outer) === key);
    if (enclosing.length > 0 && isDeclared(tree)) {
      if (!finished.has(key)) declaredBodies.push(tree);
      return undefined;
    }
    if (level >= 0) {
      const circle = enclosing.slice(level);
      return circle.find((member) => "suggestion" in member && member.suggestion !== undefined) ?? circle[0];
    }
    if (finished.has(key)) return undefined;
    for (const child of childrenOf(tree)) {
      const found = walk(child, [...enclosing, tree]);
      if (found !== undefined) return found;
    }
    finished.add(key);
    return undefined;
  };
  for (let body = declaredBodies.pop(); body !== undefined; body = declaredBodies.pop()) {
    const found = walk(body, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
