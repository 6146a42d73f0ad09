import ts from "typescript-6";
import type { Problem } from "../problem.ts";
import { probeTypes } from "../project/probe.ts";
import type { Reading } from "./reading.ts";
import type { RouterTypes } from "./readRouter.ts";
import { readType } from "./readType.ts";

/** What the compiler has worked out for a probe. */
export interface OpenProbe {
  readonly reading: Reading;
  readonly types: RouterTypes;
  /** The probe's numbered names. */
  readonly names: ts.Type;
}

/** The types of `@trpc/server` that say more by their name than written out. */
const namedByTrpc: ReadonlySet<string> = new Set([
  "TRPCDefaultErrorData",
  "TRPCDefaultErrorShape",
  "TRPCErrorShape",
  "TRPC_ERROR_CODE_KEY",
  "TRPC_ERROR_CODE_NUMBER",
  "TrackedEnvelope",
]);

/** @returns the types that the probe asks for, or why they cannot be had */
export function openProbe(program: ts.Program, probeFile: string, routerFile: string): OpenProbe | Problem {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(probeFile);
  const trpcImport = source?.statements.find(ts.isImportDeclaration);
  const trpc = trpcImport === undefined ? undefined : checker.getSymbolAtLocation(trpcImport.moduleSpecifier);
  if (source === undefined || trpc === undefined) {
    return { file: routerFile, message: "@trpc/server cannot be found from here" };
  }
  const trpcNames = new Map<ts.Symbol | ts.Type, string>();
  for (const exported of checker.getExportsOfModule(trpc)) {
    if (!namedByTrpc.has(exported.name)) continue;
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    trpcNames.set(symbol, exported.name);
    // The compiler does not always remember what a type without parameters was called.
    trpcNames.set(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
  }
  const module = checker.getSymbolAtLocation(source);
  const exports = module === undefined ? [] : checker.getExportsOfModule(module);
  const declared = (name: string): ts.Type => {
    const symbol = exports.find((exported) => exported.name === name);
    if (symbol === undefined) throw new Error(`the probe declares no ${name}`);
    return checker.getDeclaredTypeOfSymbol(symbol);
  };
  const router = declared(probeTypes.router);
  const isJson = transformerOf(checker, router) === "false";
  return {
    reading: {
      checker,
      program,
      trpcNames,
      audience: "as-is",
      problems: [],
      brands: new Map(),
      begun: new Map(),
      begunUnions: new Map(),
      readInner: readType,
    },
    types: {
      router,
      serializedOutputs: isJson ? declared(probeTypes.outputs) : undefined,
      twiceSerializedOutputs: isJson ? declared(probeTypes.outputsTwice) : undefined,
    },
    names: declared(probeTypes.names),
  };
}

function transformerOf(checker: ts.TypeChecker, router: ts.Type): string {
  let type: ts.Type | undefined = router;
  for (const name of ["_def", "_config", "$types", "transformer"]) {
    const symbol: ts.Symbol | undefined = type?.getProperty(name);
    type = symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
  }
  return type === undefined ? "" : checker.typeToString(type);
}
