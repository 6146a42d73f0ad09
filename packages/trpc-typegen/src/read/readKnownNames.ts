import type ts from "typescript-6";
import type { KnownName } from "../names/chooseNames.ts";
import { reachable } from "../names/classifyTypes.ts";
import { type ProjectName, typeOfName } from "../project/projectNames.ts";
import type { TypeTree } from "../typeTree.ts";
import { documentationOf } from "./documentation.ts";
import type { OpenProbe } from "./openProbe.ts";
import { freshReading } from "./reading.ts";
import { readType } from "./readType.ts";

/**
 * Reads the types that the project has names for, as far as the router may be made of them.
 * @param probe the opened probe
 * @param names the project's names, in the probe's order
 * @param mentioned the types that the router mentions
 * @param serverOutputs outputs before serialization, which have the names that serialized ones lost
 */
export function readKnownNames(
  probe: OpenProbe,
  names: readonly ProjectName[],
  mentioned: readonly TypeTree[],
  serverOutputs: readonly TypeTree[],
): readonly KnownName[] {
  const shapes = new Set([...reachable(mentioned)].map(shapeOfTree));
  const known: KnownName[] = [];
  for (const [at, projectName] of names.entries()) {
    const { name, side, symbol } = projectName;
    const documentation = documentationOf(probe.reading.checker, symbol);
    for (const type of [typeOfName(probe.reading.checker, projectName), serializedType(probe, at)]) {
      const tree = type === undefined ? undefined : readQuietly(probe, type, symbol, shapes);
      if (tree !== undefined)
        known.push({ tree, name, documentation, isSchemaInput: side === "schema input" });
    }
  }
  for (const tree of reachable(serverOutputs)) {
    const suggestion = "suggestion" in tree ? tree.suggestion : undefined;
    if (suggestion?.isOwn === true) known.push({ tree, ...suggestion, isSchemaInput: false });
  }
  return known;
}

/** @returns the type of a numbered name as JSON delivers it, when JSON carries the router's outputs */
function serializedType(probe: OpenProbe, at: number): ts.Type | undefined {
  if (probe.types.serializedOutputs === undefined) return undefined;
  const symbol = probe.names.getProperty(`n${at}`);
  return symbol === undefined ? undefined : probe.reading.checker.getTypeOfSymbol(symbol);
}

/** A type that cannot be written out lends its name to nothing; whoever returns it is told so elsewhere. */
function readQuietly(
  probe: OpenProbe,
  type: ts.Type,
  symbol: ts.Symbol,
  shapes: ReadonlySet<string>,
): TypeTree | undefined {
  const [node] = symbol.declarations ?? [];
  // A project may declare thousands of types; only those that look like one of the router's are read in full.
  if (node === undefined || !shapes.has(shapeOfType(probe.reading.checker, type))) return undefined;
  const reading = freshReading({ ...probe.reading, problems: [] }, "as-is");
  const tree = readType(reading, type, { procedure: undefined, field: "", node, depth: 0 });
  return reading.problems.length === 0 && !isOfKeywords(tree) ? tree : undefined;
}

const keywords = new Set(["string", "number", "boolean", "bigint", "symbol", "null", "undefined"]);

/** Whether a type is a union of keywords alone, such as `string | undefined`: one that has a name is not all that are so. */
const isOfKeywords = (tree: TypeTree): boolean =>
  tree.kind === "union" &&
  tree.members.every((member) => member.kind === "text" && keywords.has(member.text));

function shapeOfTree(tree: TypeTree): string {
  return tree.kind === "object"
    ? keysText(tree.properties.map(({ key }) => key.replace(/^"|"$/gu, "")))
    : tree.kind;
}

function shapeOfType(checker: ts.TypeChecker, type: ts.Type): string {
  if (type.isUnion()) return "union";
  if (type.isIntersection()) return "intersection";
  return keysText(checker.getPropertiesOfType(type).map((property) => property.name));
}

function keysText(keys: readonly string[]): string {
  return JSON.stringify(keys.toSorted());
}
