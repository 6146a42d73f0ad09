import type { TypeTree } from "./typeTree.ts";

/** A router, or a nested part of one: what stands under each name, in the order of the source. */
export interface RouterTree {
  readonly kind: "router";
  readonly entries: readonly RouterEntry[];
}

/** One name in a router. */
export interface RouterEntry {
  /** As it is written: an identifier or a quoted name. */
  readonly key: string;
  readonly documentation: string | undefined;
  readonly value: RouterTree | ProcedureTree;
}

/** A procedure as a client sees it. */
export interface ProcedureTree {
  readonly kind: "procedure";
  /** Its names from the root on. */
  readonly path: readonly string[];
  readonly type: ProcedureKind;
  readonly input: TypeTree;
  readonly output: TypeTree;
  /** Set when the procedure has error shapes of its own, from `.errors()`. */
  readonly errorShape: TypeTree | undefined;
}

/** `observable` is a subscription of tRPC 10's kind, which clients tell apart from one that is an async iterable. */
export type ProcedureKind = "query" | "mutation" | "subscription" | "observable";

/** Everything the generated file says, before names and layout. */
export interface ApiTree {
  readonly router: RouterTree;
  readonly errorShape: TypeTree;
  /** `true` when a data transformer carries values as they are, `false` when JSON does. */
  readonly transformer: TypeTree;
}

/** @returns a router's procedures in the order of the source */
export function proceduresOf(router: RouterTree): readonly ProcedureTree[] {
  return router.entries.flatMap(({ value }) => (value.kind === "procedure" ? [value] : proceduresOf(value)));
}
