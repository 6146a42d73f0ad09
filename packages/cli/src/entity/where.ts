import { InvalidArgumentError } from "commander";
import { readFieldText, readFieldTexts } from "./fieldText.ts";
import type { ListInput } from "./listInput.ts";
import { parsedJson } from "./parsedJson.ts";

/** The API's filter. */
export type Where = NonNullable<ListInput["where"]>;

const symbols: Readonly<Record<string, string>> = {
  "=": "eq",
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
};

const operators = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "startsWith", "exists"];

const example = `write "path op value", such as "data.size gt 3"; op is one of ${operators.join(", ")}, =, !=, <, <=, >, >=.`;

/**
 * Reads a condition: `name startsWith A`, `data.size>3`, `tags contains new`, `data.color in red,blue`,
 * `data.size exists`, `not name = Ada`. A path with spaces stands in double quotes.
 */
export function parseWhere(text: string): Where {
  const [, inner] = /^\s*not\s+(.+)$/s.exec(text) ?? [];
  if (inner !== undefined) return { not: parseWhere(inner) };
  const match =
    /^\s*("(?:[^"\\]|\\.)*"|[^\s"]\S*)\s+([a-zA-Z]+|[=!<>]=?)(?:\s+(.*?))?\s*$/s.exec(text) ??
    /^\s*("(?:[^"\\]|\\.)*"|[^\s"=!<>]+)\s*([=!<>]=?)\s*(.*?)\s*$/s.exec(text);
  if (match === null) throw new InvalidArgumentError(`It is no condition: ${example}`);
  const [, written = "", sign = "", value = ""] = match;
  const operator = Object.hasOwn(symbols, sign) ? (symbols[sign] as string) : sign;
  if (!operators.includes(operator)) throw new InvalidArgumentError(`'${sign}' is no operator: ${example}`);
  const path = written.startsWith('"') ? parsedJson(written) : written;
  if (typeof path !== "string") throw new InvalidArgumentError(`Its path is no text in quotes: ${example}`);
  // The server checks paths and values by the schema, and names what is wrong.
  return Object.fromEntries([[path, { [operator]: readOperand(path, operator, value) }]]) as Where;
}

function readOperand(path: string, operator: string, value: string): unknown {
  if (operator === "exists") {
    if (!["", "true", "false"].includes(value)) {
      throw new InvalidArgumentError(`exists takes true or false, not '${value}'.`);
    }
    return value !== "false";
  }
  if (value === "") throw new InvalidArgumentError(`${operator} needs a value: ${example}`);
  return operator === "in" ? readFieldTexts(path, value) : readFieldText(path, value);
}

/** Reads a filter that is written in JSON. */
export function parseWhereJson(text: string): Where {
  const filter = parsedJson(text);
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw new InvalidArgumentError(`It has to be a filter as a JSON object, such as {"data.size":{"gt":3}}.`);
  }
  return filter as Where;
}

/** One filter of all that were given: each has to hold. */
export function allOf(filters: readonly Where[]): Where | undefined {
  const [only] = filters;
  return filters.length > 1 ? { and: filters } : only;
}
