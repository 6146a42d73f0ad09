import ts from "typescript-6";
import { classifyTypes, reachable } from "../names/classifyTypes.ts";
import type { ApiTree, ProcedureKind, ProcedureTree, RouterEntry, RouterTree } from "../routerTree.ts";
import { deliveredTree, type TypeTree, textTree } from "../typeTree.ts";
import { documentationOf } from "./documentation.ts";
import { quotedKey } from "./propertyKey.ts";
import { freshReading, type Place, type Reading, report } from "./reading.ts";
import { readType } from "./readType.ts";
import { originOf } from "./symbolOrigin.ts";

/** The types of a router that reading starts from. */
export interface RouterTypes {
  readonly router: ts.Type;
  /** `inferRouterOutputs` of the router, when JSON carries its outputs. */
  readonly serializedOutputs: ts.Type | undefined;
  /** The same of a router that returns `serializedOutputs`: where the two differ, a client would serialize twice. */
  readonly twiceSerializedOutputs: ts.Type | undefined;
}

/**
 * Reads a router's procedures.
 * @param reading where problems go
 * @param types the router and its serialized outputs
 * @param declaration where the router is exported, for problems that have no place of their own
 * @param serverOutputs receives the outputs before serialization, which have names that serialized ones lost
 */
export function readRouter(
  reading: Reading,
  types: RouterTypes,
  declaration: ts.Node,
  serverOutputs: TypeTree[],
): ApiTree {
  const place: Place = { procedure: undefined, field: "", node: declaration, depth: 0 };
  const definition = memberType(reading, types.router, "_def");
  const root = memberType(reading, memberType(reading, definition, "_config"), "$types");
  const step = { reading, serverOutputs, commonErrors: memberType(reading, root, "errorShape") };
  return {
    router: readRecord(step, memberType(reading, definition, "record"), types, [], place),
    errorShape: readMember(reading, root, "errorShape", { ...place, field: "error shape" }),
    transformer: readMember(reading, root, "transformer", { ...place, field: "transformer" }),
  };
}

/** @returns whether a type is that of a tRPC router */
export function isRouter(checker: ts.TypeChecker, type: ts.Type): boolean {
  const definition = type.getProperty("_def");
  if (definition === undefined) return false;
  const members = checker.getTypeOfSymbol(definition);
  return ["router", "record", "_config"].every((name) => members.getProperty(name) !== undefined);
}

interface Step {
  readonly reading: Reading;
  readonly serverOutputs: TypeTree[];
  /** The router's own error shape, which is every procedure's too that says nothing else. */
  readonly commonErrors: ts.Type | undefined;
}

interface OutputTypes {
  readonly serializedOutputs: ts.Type | undefined;
  readonly twiceSerializedOutputs: ts.Type | undefined;
}

function readRecord(
  step: Step,
  record: ts.Type | undefined,
  outputs: OutputTypes,
  path: readonly string[],
  place: Place,
): RouterTree {
  const { reading } = step;
  const entries: RouterEntry[] = [];
  for (const symbol of record?.getProperties() ?? []) {
    const at: Place = {
      ...place,
      procedure: [...path, symbol.name].join("."),
      node: sourceOf(symbol) ?? place.node,
    };
    const inner: OutputTypes = {
      serializedOutputs: memberType(reading, outputs.serializedOutputs, symbol.name),
      twiceSerializedOutputs: memberType(reading, outputs.twiceSerializedOutputs, symbol.name),
    };
    entries.push({
      key: quotedKey(symbol.name),
      documentation: documentationOf(reading.checker, symbol),
      value: readEntry(step, reading.checker.getTypeOfSymbol(symbol), inner, [...path, symbol.name], at),
    });
  }
  return { kind: "router", entries };
}

function readEntry(
  step: Step,
  type: ts.Type,
  outputs: OutputTypes,
  path: readonly string[],
  place: Place,
): RouterTree | ProcedureTree {
  const { reading } = step;
  const definition = memberType(reading, type, "_def");
  if (definition === undefined) {
    if (type.getProperties().length === 0) report(reading, place, "this is neither a procedure nor a router");
    return readRecord(step, type, outputs, path, place);
  }
  const types = memberType(reading, definition, "$types");
  const kind = procedureKind(reading, type, definition);
  if (types === undefined || kind === undefined) report(reading, place, "this is not a procedure of tRPC 11");
  const ownErrors = memberType(reading, types, "errorShape");
  const isWithoutOwnErrors =
    ownErrors === undefined ||
    ownErrors === step.commonErrors ||
    (ownErrors.flags & ts.TypeFlags.Unknown) !== 0;
  return {
    kind: "procedure",
    path,
    type: kind ?? "query",
    input: readMember(reading, types, "input", { ...place, field: "input" }),
    output: readOutput(step, types, outputs, { ...place, field: "output" }),
    errorShape: isWithoutOwnErrors
      ? undefined
      : readMember(reading, types, "errorShape", { ...place, field: "error shape" }),
  };
}

/**
 * With a transformer, an output is written as the server has it. Without one, it is written as JSON delivers it. Every
 * tRPC client's types serialize that once more; where this would change it again, it is written as the server has it
 * after all, or, if that cannot be, under a type that serializing turns into what it stands for.
 */
function readOutput(step: Step, types: ts.Type | undefined, outputs: OutputTypes, place: Place): TypeTree {
  const { reading } = step;
  if (outputs.serializedOutputs === undefined) return readMember(reading, types, "output", place);
  const before = reading.problems.length;
  const server = readMember(reading, types, "output", place, "before-json");
  step.serverOutputs.push(server);
  if (reading.problems.length > before) return server;
  const once = readType(freshReading(reading, "as-is"), outputs.serializedOutputs, place);
  if (outputs.twiceSerializedOutputs === undefined) return once;
  const quiet: Reading = { ...reading, problems: [] };
  const twice = readType(freshReading(quiet, "as-is"), outputs.twiceSerializedOutputs, place);
  const classOf = classifyTypes([once, twice]);
  if (classOf(once) === classOf(twice) && !dependsOnSettings(once)) return once;
  const written = readMember(quiet, types, "output", place);
  return quiet.problems.length === 0 ? written : deliveredTree(once);
}

/**
 * tRPC serializes an object with both optional properties and an index signature in one way under
 * `exactOptionalPropertyTypes` and in another without, so each client has to do it for itself.
 */
function dependsOnSettings(tree: TypeTree): boolean {
  return [...reachable([tree])].some(
    (inner) =>
      inner.kind === "object" &&
      inner.indexes.length > 0 &&
      inner.properties.some((property) => property.isOptional),
  );
}

function readMember(
  reading: Reading,
  owner: ts.Type | undefined,
  name: string,
  place: Place,
  audience: Reading["audience"] = "as-is",
): TypeTree {
  const type = memberType(reading, owner, name);
  return type === undefined ? textTree("unknown") : readType(freshReading(reading, audience), type, place);
}

function memberType(reading: Reading, owner: ts.Type | undefined, name: string): ts.Type | undefined {
  const symbol = owner?.getProperty(name);
  return symbol === undefined ? undefined : reading.checker.getTypeOfSymbol(symbol);
}

function procedureKind(reading: Reading, procedure: ts.Type, definition: ts.Type): ProcedureKind | undefined {
  if (procedure.getProperty("_observable") !== undefined) return "observable";
  const type = memberType(reading, definition, "type");
  if (type === undefined || !type.isStringLiteral()) return undefined;
  return (["query", "mutation", "subscription"] as const).find((kind) => kind === type.value);
}

function sourceOf(symbol: ts.Symbol): ts.Node | undefined {
  return originOf(symbol).declarations?.find((declaration) => !declaration.getSourceFile().isDeclarationFile);
}
