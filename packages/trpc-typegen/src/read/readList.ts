import ts from "typescript-6";
import type { ArrayTree, TupleElement, TupleTree, TypeTree } from "../typeTree.ts";
import { inside, type Place, type Reading } from "./reading.ts";
import { readOptional } from "./readUnion.ts";

/** @returns the tree of an array or a tuple; `undefined` for any other object */
export function readList(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  if (reading.checker.isTupleType(type)) return readTuple(reading, type as ts.TupleTypeReference, place);
  if (reading.checker.isArrayType(type)) return readArray(reading, type as ts.TypeReference, place);
  return undefined;
}

function readArray(reading: Reading, type: ts.TypeReference, place: Place): TypeTree {
  const isReadonly = type.symbol.name === "ReadonlyArray";
  const tree: { -readonly [K in keyof ArrayTree]: ArrayTree[K] } = {
    kind: "array",
    element: { kind: "text", text: "unknown" },
    isReadonly,
  };
  reading.begun.set(type, tree);
  const [element] = reading.checker.getTypeArguments(type);
  if (element !== undefined) tree.element = reading.readInner(reading, element, inside(place, "[]"));
  return tree;
}

function readTuple(reading: Reading, type: ts.TupleTypeReference, place: Place): TypeTree {
  const { elementFlags, labeledElementDeclarations, readonly: isReadonly } = type.target;
  const elements: TupleElement[] = [];
  const tree: TupleTree = { kind: "tuple", elements, isReadonly };
  reading.begun.set(type, tree);
  const labels = elementFlags.map((_, at) => labelOf(labeledElementDeclarations?.[at]));
  // A tuple has labels on every place or, as older compilers want it, on none.
  const isLabelled = labels.every((label) => label !== undefined);
  const types = reading.checker.getTypeArguments(type);
  for (const [at, flags] of elementFlags.entries()) {
    const element = types[at];
    if (element === undefined) continue;
    const form = formOf(flags);
    const read = form === "optional" ? readOptional : reading.readInner;
    elements.push({
      label: isLabelled ? labels[at] : undefined,
      form,
      type: read(reading, element, inside(place, `[${at}]`)),
    });
  }
  return tree;
}

function formOf(flags: ts.ElementFlags): TupleElement["form"] {
  if (flags & ts.ElementFlags.Optional) return "optional";
  if (flags & ts.ElementFlags.Rest) return "rest";
  if (flags & ts.ElementFlags.Variadic) return "spread";
  return "required";
}

function labelOf(declaration: ts.NamedTupleMember | ts.ParameterDeclaration | undefined): string | undefined {
  return declaration !== undefined && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
}
