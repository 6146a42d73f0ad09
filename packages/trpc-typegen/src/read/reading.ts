import ts from "typescript-6";
import type { Problem } from "../problem.ts";
import { type TypeTree, textTree } from "../typeTree.ts";

/** What every step of reading a type needs, and where it puts what it finds wrong. */
export interface Reading {
  readonly checker: ts.TypeChecker;
  readonly program: ts.Program;
  /** Types that `@trpc/server` exports and that are worth naming, by their symbol and by themselves. */
  readonly trpcNames: ReadonlyMap<ts.Symbol | ts.Type, string>;
  /**
   * `as-is`: the type is written as it stands. `before-json`: a server's value that JSON will carry; what is written
   * is tRPC's serialized form of it, and reading it only finds what no client should depend on.
   */
  readonly audience: "as-is" | "before-json";
  readonly problems: Problem[];
  /** The names given to the symbols that brand types, by the compiler's own names for them. */
  readonly brands: Map<string, string>;
  /** Trees already begun, so that recursive types end and shared ones are read once. */
  readonly begun: Map<ts.Type, TypeTree>;
  /** Unions already begun, by their members: one union can be several types to the compiler. */
  readonly begunUnions: Map<string, TypeTree>;
  /** The way back from a part of a type to reading any type: the parts' readers import no one who imports them. */
  readonly readInner: (reading: Reading, type: ts.Type, place: Place) => TypeTree;
}

/** Where in the router a type stands, for messages. */
export interface Place {
  readonly procedure: string | undefined;
  /** The path of the field, from `input`, `output` or `error shape` on. */
  readonly field: string;
  /** The nearest piece of source. */
  readonly node: ts.Node;
  readonly depth: number;
}

/** Past this many levels a type is taken to grow for ever. */
export const deepest = 80;

/** @returns the reading of another type, with a memory of its own, so that each place names its own problems */
export function freshReading(reading: Reading, audience: Reading["audience"]): Reading {
  return { ...reading, audience, begun: new Map(), begunUnions: new Map() };
}

/** Notes a problem with the type at a place. */
export function report(reading: Reading, place: Place, message: string): void {
  const file = place.node.getSourceFile();
  const { line, character } = ts.getLineAndCharacterOfPosition(file, place.node.getStart(file));
  reading.problems.push({
    file: file.fileName,
    position: { line: line + 1, column: character + 1 },
    ...(place.procedure === undefined ? {} : { procedure: place.procedure }),
    field: place.field,
    message,
  });
}

/** @returns the place of something inside: its path lengthened, and its own source when it has some */
export function inside(place: Place, step: string, node?: ts.Node): Place {
  return { ...place, field: place.field + step, node: node ?? place.node, depth: place.depth + 1 };
}

/** Reports what cannot be written, and stands in for it. */
export function refuse(reading: Reading, place: Place, message: string): TypeTree {
  report(reading, place, message);
  return textTree("unknown");
}
