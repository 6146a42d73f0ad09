import type ts from "typescript-6";
import { isInstalled } from "../project/sourceFiles.ts";
import { originOf } from "./symbolOrigin.ts";

/**
 * Orders properties as their source has them. The compiler's own order follows, for mapped types over a union of
 * keys, which key any file happened to mention first, so an edit elsewhere could reorder the generated file.
 */
export function inDeclarationOrder(symbols: readonly ts.Symbol[]): readonly ts.Symbol[] {
  const positions = new Map(symbols.map((symbol) => [symbol, positionOf(symbol)]));
  return symbols.toSorted(
    (a, b) => comparePositions(positions.get(a), positions.get(b)) || compareText(a.name, b.name),
  );
}

interface Position {
  readonly installed: boolean;
  readonly file: string;
  readonly offset: number;
}

function positionOf(symbol: ts.Symbol): Position | undefined {
  const declaration = originOf(symbol).declarations?.[0];
  if (declaration === undefined) return undefined;
  const { fileName } = declaration.getSourceFile();
  const installed = isInstalled(fileName);
  // Where packages lie differs between machines; their own layout does not.
  const file = installed ? fileName.slice(fileName.lastIndexOf("/node_modules/")) : fileName;
  return { installed, file, offset: declaration.pos };
}

function comparePositions(a: Position | undefined, b: Position | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Number(a.installed) - Number(b.installed) || compareText(a.file, b.file) || a.offset - b.offset;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
