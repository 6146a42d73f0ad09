import type { JsonPath } from "@cosmos-trpc/base";
import type { FieldProblem } from "../errors/errors.ts";
import type { Scalar } from "./fieldTypes.ts";
import type { FilterNode } from "./filter.ts";
import { jsonBytes } from "./jsonBytes.ts";

/** A value as a query names it: a parameter's name, or, where no parameters are taken, a literal. */
export type WriteValue = (value: Scalar | Readonly<Record<string, Scalar>>) => string;

/** Bytes of UTF-8 that a query may have. Source: Learn, "Azure Cosmos DB service quotas", limits of SQL queries. */
const maxQueryBytes = 512 * 1024;

/** What keeps a query from being sent: its values are counted too. */
export function queryProblems(query: unknown): FieldProblem[] {
  const bytes = jsonBytes(query);
  if (bytes <= maxQueryBytes) return [];
  return [
    { path: "where", message: `makes a query of ${bytes} bytes, at most ${maxQueryBytes} are allowed` },
  ];
}

/** The values of a query's parameters, and what names them. */
export interface Parameters {
  readonly list: { readonly name: string; readonly value: Scalar | Record<string, Scalar> }[];
  readonly write: WriteValue;
}

/** Parameters that are collected while a query is written. */
export function createParameters(): Parameters {
  const list: Parameters["list"] = [];
  const write: WriteValue = (value) => {
    const name = `@p${list.length}`;
    list.push({ name, value });
    return name;
  };
  return { list, write };
}

/**
 * A value as text, for a patch's condition, which takes no parameters. JSON's strings are Cosmos SQL's: double quotes,
 * and the same escapes. Source: Learn, "Constants (NoSQL query)".
 */
export const writeLiteral: WriteValue = (value) => JSON.stringify(value);

/** A path in Cosmos SQL: `c["a"]["b"]`. No name in it can be anything but a name. */
export const compilePath = (path: JsonPath): string =>
  `c${path.map((name) => `[${JSON.stringify(name)}]`).join("")}`;

/**
 * A filter in Cosmos SQL. SQL's third truth value, undefined, is never negated: what is not there fulfils no condition,
 * and `not` makes true of whatever is not true.
 */
export function compileFilter(node: FilterNode, write: WriteValue): string {
  switch (node.kind) {
    case "and":
      return node.nodes.length === 0 ? "true" : joined(node.nodes, " AND ", write);
    case "or":
      return joined(node.nodes, " OR ", write);
    case "not":
      // A plain text where the index can serve it; else the value of the condition, or false where it has none.
      if (node.node.kind === "exists") return `(NOT IS_DEFINED(${compilePath(node.node.path)}))`;
      return `(NOT ((${compileFilter(node.node, write)}) ?? false))`;
    case "eq":
      return `${compilePath(node.path)} = ${write(node.value)}`;
    case "lt":
      return `${compilePath(node.path)} < ${write(node.value)}`;
    case "lte":
      return `${compilePath(node.path)} <= ${write(node.value)}`;
    case "gt":
      return `${compilePath(node.path)} > ${write(node.value)}`;
    case "gte":
      return `${compilePath(node.path)} >= ${write(node.value)}`;
    case "in":
      return `${compilePath(node.path)} IN (${node.values.map(write).join(", ")})`;
    case "exists":
      return `IS_DEFINED(${compilePath(node.path)})`;
    case "startsWith":
      return `STARTSWITH(${compilePath(node.path)}, ${write(node.value)})`;
    case "containsText":
      return `CONTAINS(${compilePath(node.path)}, ${write(node.value)})`;
    case "containsElement": {
      const isPart = typeof node.value === "object" && node.value !== null;
      return `ARRAY_CONTAINS(${compilePath(node.path)}, ${write(node.value)}${isPart ? ", true" : ""})`;
    }
  }
}

const joined = (nodes: readonly FilterNode[], operator: string, write: WriteValue): string =>
  `(${nodes.map((node) => compileFilter(node, write)).join(operator)})`;
