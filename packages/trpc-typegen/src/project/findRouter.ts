import ts from "typescript-6";
import type { Problem } from "../problem.ts";
import { documentationOf, unaliased } from "../read/documentation.ts";
import { isRouter } from "../read/readRouter.ts";

/** The router that was asked for. */
export interface FoundRouter {
  readonly isType: boolean;
  /** Where it is exported. */
  readonly declaration: ts.Node;
  readonly documentation: string | undefined;
}

/** @returns the router's export, or why there is none */
export function findRouter(
  program: ts.Program,
  routerFile: string,
  exportName: string,
): FoundRouter | Problem {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(routerFile);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  const exports = module === undefined ? [] : checker.getExportsOfModule(module);
  const exported = exports.find((symbol) => symbol.name === exportName);
  if (file === undefined || exported === undefined) {
    const others = exports.map((symbol) => symbol.name).toSorted();
    const offer = others.length === 0 ? "it exports nothing" : `it exports ${others.join(", ")}`;
    return { file: routerFile, message: `there is no export named ${exportName}; ${offer}` };
  }
  const symbol = unaliased(checker, exported);
  const isType = (symbol.flags & ts.SymbolFlags.Value) === 0;
  const type = isType ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol);
  const declaration = symbol.declarations?.[0] ?? file;
  if (!isRouter(checker, type)) {
    const { line, character } = ts.getLineAndCharacterOfPosition(
      declaration.getSourceFile(),
      declaration.getStart(),
    );
    return {
      file: declaration.getSourceFile().fileName,
      position: { line: line + 1, column: character + 1 },
      message: `the export ${exportName} is not a tRPC router but ${checker.typeToString(type)}`,
    };
  }
  return { isType, declaration, documentation: documentationOf(checker, symbol) };
}
