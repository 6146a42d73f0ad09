import type { ProcedureKind, ProcedureTree, RouterTree } from "../routerTree.ts";
import { printComment } from "./printComment.ts";
import { type Printing, printType } from "./printType.ts";

/** The names that the generated file has for the kinds of procedure. */
export const procedureTypes: Readonly<Record<ProcedureKind, string>> = {
  query: "QueryProcedure",
  mutation: "MutationProcedure",
  subscription: "SubscriptionProcedure",
  observable: "ObservableProcedure",
};

/**
 * @param printing names and classes
 * @param router the router
 * @param commonErrors the class of the error shape that every procedure has anyway
 * @param indent how many spaces stand before the line that the text starts on
 * @returns the router's record
 */
export function printRouter(
  printing: Printing,
  router: RouterTree,
  commonErrors: string,
  indent: number,
): string {
  if (router.entries.length === 0) return "{}";
  const margin = " ".repeat(indent + 2);
  const entries = router.entries.map(({ key, documentation, value }) => {
    const text =
      value.kind === "router"
        ? printRouter(printing, value, commonErrors, indent + 2)
        : printProcedure(printing, value, commonErrors, indent + 2);
    return `${printComment(documentation, indent + 2)}${margin}${key}: ${text};\n`;
  });
  return `{\n${entries.join("")}${" ".repeat(indent)}}`;
}

function printProcedure(
  printing: Printing,
  procedure: ProcedureTree,
  commonErrors: string,
  indent: number,
): string {
  const { input, output, errorShape } = procedure;
  const parts = [input, output];
  if (errorShape !== undefined && printing.classOf(errorShape) !== commonErrors) parts.push(errorShape);
  const name = procedureTypes[procedure.type];
  const line = parts.map((part) => printType(printing, part, indent).trimStart()).join(", ");
  if (!line.includes("\n") && indent + line.length + name.length <= 90) return `${name}<${line}>`;
  const margin = " ".repeat(indent + 2);
  const lines = parts.map((part) => {
    const text = printType(printing, part, indent + 2);
    // A union over several lines brings its own line break and margin.
    return `${margin}${text.startsWith("\n") ? printType(printing, part, indent).trimStart() : text}`;
  });
  return `${name}<\n${lines.join(",\n")}\n${" ".repeat(indent)}>`;
}
