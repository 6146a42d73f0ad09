import ts from "typescript-6";
import type { IntersectionTree, TypeTree } from "../typeTree.ts";
import { suggestionFor } from "./nameSuggestion.ts";
import { inside, type Place, type Reading } from "./reading.ts";
import { readObject } from "./readObject.ts";

const primitive =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.ESSymbolLike;

/** @returns the tree of an intersection: parts of an object, or a primitive with a brand */
export function readIntersection(reading: Reading, type: ts.IntersectionType, place: Place): TypeTree {
  const isBranded = type.types.some((member) => member.flags & primitive);
  const members: TypeTree[] = [];
  const tree: IntersectionTree = {
    kind: "intersection",
    members,
    suggestion: suggestionFor(reading.checker, type),
  };
  reading.begun.set(type, tree);
  for (const member of type.types) {
    const isBrand = isBranded && (member.flags & ts.TypeFlags.Object) !== 0;
    members.push(
      isBrand
        ? readObject(reading, member, place, true)
        : reading.readInner(reading, member, inside(place, "")),
    );
  }
  return tree;
}
