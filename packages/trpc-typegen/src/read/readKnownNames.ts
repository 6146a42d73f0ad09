import type ts from "typescript-6";
import type { KnownName } from "../names/chooseNames.ts";
import { reachable } from "../names/classifyTypes.ts";
import type { ExportedName } from "../project/exportedNames.ts";
import type { TypeTree } from "../typeTree.ts";
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
  names: readonly ExportedName[],
  mentioned: readonly TypeTree[],
  serverOutputs: readonly TypeTree[],
): readonly KnownName[] {
  const shapes = new Set([...reachable(mentioned)].map(shapeOfTree));
  const known: KnownName[] = [];
  const inputs: KnownName[] = [];
  for (const [at, { name, documentation, side }] of names.entries()) {
    for (const property of probe.types.serializedOutputs === undefined ? [`n${at}`] : [`n${at}`, `s${at}`]) {
      const tree = readQuietly(probe, property, shapes);
      if (tree !== undefined) (side === "schema input" ? inputs : known).push({ tree, name, documentation });
    }
  }
  for (const tree of reachable(serverOutputs)) {
    const suggestion = "suggestion" in tree ? tree.suggestion : undefined;
    if (suggestion?.isOwn === true)
      known.push({ tree, name: suggestion.name, documentation: suggestion.documentation });
  }
  return [...known, ...inputs];
}

/** A type that cannot be written out lends its name to nothing; whoever returns it is told so elsewhere. */
function readQuietly(probe: OpenProbe, property: string, shapes: ReadonlySet<string>): TypeTree | undefined {
  const { checker } = probe.reading;
  const symbol = probe.names.getProperty(property);
  const node = symbol?.valueDeclaration;
  if (symbol === undefined || node === undefined) return undefined;
  const type = checker.getTypeOfSymbol(symbol);
  // A project may export thousands of types; only those that look like one of the router's are read in full.
  if (!shapes.has(shapeOfType(checker, type))) return undefined;
  const reading = freshReading({ ...probe.reading, problems: [] }, "as-is");
  const tree = readType(reading, type, { procedure: undefined, field: "", node, depth: 0 });
  return reading.problems.length === 0 ? tree : undefined;
}

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
