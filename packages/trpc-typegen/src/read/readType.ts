import ts from "typescript-6";
import { type TypeTree, textTree } from "../typeTree.ts";
import { readExtension } from "./readExtension.ts";
import { readIntersection } from "./readIntersection.ts";
import { deepest, inside, type Place, type Reading, refuse } from "./reading.ts";
import { readList } from "./readList.ts";
import { readObject } from "./readObject.ts";
import { libraryReference, trpcReference } from "./readReference.ts";
import { readEnum, readUnion } from "./readUnion.ts";

/**
 * Reads a type into a tree. What cannot be written is reported at its place, and reading goes on, so that one run
 * finds everything.
 */
export function readType(reading: Reading, type: ts.Type, place: Place): TypeTree {
  const known = reading.begun.get(type);
  if (known !== undefined) return known;
  if (place.depth > deepest) return refuseEndless(reading, place);
  return (
    readKeyword(reading, type, place) ??
    readLiteral(reading, type, place) ??
    trpcReference(reading, type, place) ??
    readCompound(reading, type, place)
  );
}

/** Every branch of such a type ends here, and one message says it. */
function refuseEndless(reading: Reading, place: Place): TypeTree {
  const message = "this type grows without end";
  const isSaid = reading.problems.some(
    (problem) => problem.message === message && problem.procedure === place.procedure,
  );
  if (isSaid) return textTree("unknown");
  return refuse(reading, { ...place, field: `${place.field.slice(0, 40)}…` }, message);
}

const keywords: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.Unknown, "unknown"],
  [ts.TypeFlags.Never, "never"],
  [ts.TypeFlags.Void, "void"],
  [ts.TypeFlags.Undefined, "undefined"],
  [ts.TypeFlags.Null, "null"],
  [ts.TypeFlags.String, "string"],
  [ts.TypeFlags.Number, "number"],
  [ts.TypeFlags.Boolean, "boolean"],
  [ts.TypeFlags.BigInt, "bigint"],
  [ts.TypeFlags.NonPrimitive, "object"],
];

function readKeyword(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  if (type.flags & ts.TypeFlags.Any) {
    // The compiler's stand-in for a type it could not work out looks like `any` from outside.
    const isUnresolved = (type as ts.Type & { readonly intrinsicName?: string }).intrinsicName === "error";
    return isUnresolved
      ? refuse(reading, place, "the compiler could not work out this type")
      : textTree("any");
  }
  if (type.flags & ts.TypeFlags.UniqueESSymbol) {
    return refuse(
      reading,
      place,
      "a unique symbol exists only in the server, so no client can name its type",
    );
  }
  if (type.flags & ts.TypeFlags.ESSymbol) {
    if (reading.audience === "as-is") return textTree("symbol");
    return refuse(reading, place, "a symbol cannot be sent as JSON");
  }
  const keyword = keywords.find(([flag]) => type.flags & flag);
  // An enum without constant members has the same flag as a union; it counts as numbers.
  return keyword === undefined ? undefined : textTree(keyword[1]);
}

function readLiteral(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  // An enum of one member is that member; the rest are unions.
  if (type.isUnion()) return undefined;
  if (type.isStringLiteral()) return textTree(JSON.stringify(type.value));
  if (type.isNumberLiteral()) {
    return Number.isFinite(type.value)
      ? textTree(String(type.value))
      : refuse(reading, place, "this number cannot be written as a type");
  }
  if (type.flags & ts.TypeFlags.BigIntLiteral) {
    const { negative, base10Value } = (type as ts.BigIntLiteralType).value;
    return textTree(`${negative ? "-" : ""}${base10Value}n`);
  }
  if (type.flags & ts.TypeFlags.BooleanLiteral) return textTree(reading.checker.typeToString(type));
  if (type.flags & ts.TypeFlags.Enum) return textTree("number");
  return undefined;
}

function readCompound(reading: Reading, type: ts.Type, place: Place): TypeTree {
  if (type.isUnion())
    return type.flags & ts.TypeFlags.EnumLiteral
      ? readEnum(reading, type, place)
      : readUnion(reading, type, place);
  if (type.isIntersection()) return readIntersection(reading, type, place);
  if (type.flags & ts.TypeFlags.TemplateLiteral) {
    const { texts, types } = type as ts.TemplateLiteralType;
    return {
      kind: "template",
      texts,
      holes: types.map((hole) => readType(reading, hole, inside(place, ""))),
    };
  }
  if (type.flags & ts.TypeFlags.StringMapping) {
    const { symbol, type: argument } = type as ts.StringMappingType;
    const typeArguments = [readType(reading, argument, inside(place, ""))];
    return { kind: "reference", name: symbol.name, from: "library", typeArguments };
  }
  if (type.flags & ts.TypeFlags.Object) {
    return (
      readList(reading, type, place) ??
      libraryReference(reading, type, place) ??
      readExtension(reading, type, place) ??
      readObject(reading, type, place, false)
    );
  }
  return refuse(
    reading,
    place,
    `the generic type ${reading.checker.typeToString(type)} is still open here; a client needs it filled in`,
  );
}
