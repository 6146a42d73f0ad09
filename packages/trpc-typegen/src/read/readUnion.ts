import ts from "typescript-6";
import { type NameSuggestion, type TypeTree, textTree, type UnionTree } from "../typeTree.ts";
import { suggestionFor } from "./nameSuggestion.ts";
import { inside, type Place, type Reading } from "./reading.ts";

/** @returns the tree of a union; `null` and `undefined` stand outside, so that what they are added to keeps its name */
export function readUnion(reading: Reading, type: ts.UnionType, place: Place): TypeTree {
  return readMembers(reading, type.types, place, suggestionFor(reading.checker, type), type);
}

/**
 * Reads the type of an optional property or tuple element.
 * @returns its tree without the `undefined` that stands for "absent"; one that somebody wrote stays
 */
export function readOptional(reading: Reading, type: ts.Type, place: Place): TypeTree {
  if (!type.isUnion())
    return isAbsence(reading, type) ? textTree("never") : reading.readInner(reading, type, place);
  const present = type.types.filter((member) => !isAbsence(reading, member));
  if (present.length === type.types.length) return reading.readInner(reading, type, place);
  const whole = reading.checker.getNonNullableType(type);
  // The compiler keeps the name of a union that only lost its `undefined`.
  const isWhole = whole.isUnion() && whole.types.length === present.length;
  return readMembers(
    reading,
    present,
    place,
    isWhole ? suggestionFor(reading.checker, whole) : undefined,
    undefined,
  );
}

/**
 * @returns the values of an enum, under its name. An enum lives in the server's own code; a declaration file could
 * only pretend that a client has it too.
 */
export function readEnum(reading: Reading, type: ts.UnionType, place: Place): TypeTree {
  const members = type.types.map((member) => reading.readInner(reading, member, inside(place, "")));
  const suggestion = suggestionFor(reading.checker, type);
  if (suggestion === undefined) return { kind: "union", members, suggestion };
  const values = type.types
    .map((member, at) => `${textOf(members[at])}: ${member.getSymbol()?.name ?? ""}`)
    .join(", ");
  const documentation = [suggestion.documentation, values].filter((part) => part !== undefined).join("\n\n");
  return { kind: "union", members, suggestion: { ...suggestion, documentation } };
}

function textOf(tree: TypeTree | undefined): string {
  return tree?.kind === "text" ? tree.text : "";
}

function isAbsence(reading: Reading, type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Undefined) !== 0 && type !== reading.checker.getUndefinedType();
}

function readMembers(
  reading: Reading,
  types: readonly ts.Type[],
  place: Place,
  suggestion: NameSuggestion | undefined,
  whole: ts.Type | undefined,
): TypeTree {
  const [only] = types;
  if (only !== undefined && types.length === 1) return reading.readInner(reading, only, place);
  const key = unionKey(types);
  const known = reading.begunUnions.get(key);
  if (known !== undefined) return known;
  const members: TypeTree[] = [];
  const tree: UnionTree = { kind: "union", members, suggestion };
  reading.begunUnions.set(key, tree);
  if (whole !== undefined) reading.begun.set(whole, tree);

  const empty = types.filter(
    (member) => member.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void),
  );
  const filled = types.filter((member) => !empty.includes(member));
  if (empty.length > 0 && filled.length > 1) {
    members.push(readMembers(reading, filled, place, nonNullableName(reading, whole, filled), undefined));
  } else {
    members.push(...readGrouped(reading, filled, place));
  }
  members.push(...empty.map((member) => reading.readInner(reading, member, place)));
  const [alone] = members;
  // Only `boolean` is a union of two that is written as one; nothing recursive is in it.
  return alone !== undefined && members.length === 1 ? alone : tree;
}

function nonNullableName(
  reading: Reading,
  whole: ts.Type | undefined,
  filled: readonly ts.Type[],
): NameSuggestion | undefined {
  if (whole === undefined) return undefined;
  const rest = reading.checker.getNonNullableType(whole);
  return rest.isUnion() && rest.types.length === filled.length
    ? suggestionFor(reading.checker, rest)
    : undefined;
}

/** Puts `true` and `false`, and the members of an enum, together again. */
function readGrouped(reading: Reading, types: readonly ts.Type[], place: Place): readonly TypeTree[] {
  const trees: TypeTree[] = [];
  const left = new Set(types);
  const truths = types.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
  if (truths.length === 2) {
    trees.push(textTree("boolean"));
    for (const truth of truths) left.delete(truth);
  }
  for (const member of types) {
    if (!left.has(member)) continue;
    const whole = enumOf(reading, member);
    if (whole?.types.every((value) => left.has(value)) === true) {
      for (const value of whole.types) left.delete(value);
      trees.push(reading.readInner(reading, whole, place));
    } else {
      left.delete(member);
      trees.push(reading.readInner(reading, member, inside(place, "")));
    }
  }
  return trees;
}

function enumOf(reading: Reading, member: ts.Type): ts.UnionType | undefined {
  if (!(member.flags & ts.TypeFlags.EnumLiteral)) return undefined;
  const declaration = member.getSymbol()?.valueDeclaration?.parent;
  if (declaration === undefined || !ts.isEnumDeclaration(declaration)) return undefined;
  const symbol = reading.checker.getSymbolAtLocation(declaration.name);
  const type = symbol === undefined ? undefined : reading.checker.getDeclaredTypeOfSymbol(symbol);
  return type?.isUnion() === true ? type : undefined;
}

const numbers = new WeakMap<ts.Type, number>();
let lastNumber = 0;

/** A key for a set of types, for this process. */
function unionKey(types: readonly ts.Type[]): string {
  return types
    .map((type) => {
      const number = numbers.get(type) ?? ++lastNumber;
      numbers.set(type, number);
      return number;
    })
    .toSorted((a, b) => a - b)
    .join(",");
}
