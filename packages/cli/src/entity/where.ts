import type { EntityManifest } from "@cosmos-trpc/base";
import { InvalidArgumentError } from "commander";
import type { NameOf } from "../api.ts";
import type { Filter } from "../calls.ts";
import { WrongUsage } from "../errors.ts";
import { anything, type Field, knownField } from "./fields.ts";
import { elementOf, parsedJson, readFieldText, readFieldTexts, readNamed } from "./fieldText.ts";

/** Other ways to write an operator. */
const symbols: Readonly<Record<string, string>> = {
  "=": "eq",
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
};

/** A condition as it was written, before it is known of which entity. */
export interface Condition {
  readonly text: string;
  readonly isNegated: boolean;
  readonly path: string;
  readonly sign: string;
  readonly value: string;
}

const example = `write "path op value", such as "name startsWith A".`;

/**
 * Reads a condition: `name startsWith A`, `data.size>3`, `tags contains new`, `data.color in red,blue`,
 * `data.size exists`, `not name = Ada`. A path with spaces stands in double quotes.
 */
export function parseCondition(text: string): Condition {
  const [, inner] = /^\s*not\s+(.+)$/s.exec(text) ?? [];
  if (inner !== undefined) {
    const condition = parseCondition(inner);
    return { ...condition, text, isNegated: !condition.isNegated };
  }
  const match =
    /^\s*("(?:[^"\\]|\\.)*"|[^\s"]\S*)\s+([a-zA-Z]+|[=!<>]=?)(?:\s+(.*?))?\s*$/s.exec(text) ??
    /^\s*("(?:[^"\\]|\\.)*"|[^\s"=!<>]+)\s*([=!<>]=?)\s*(.*?)\s*$/s.exec(text);
  if (match === null) throw new InvalidArgumentError(`It is no condition: ${example}`);
  const [, written = "", sign = "", value = ""] = match;
  const path = written.startsWith('"') ? parsedJson(written) : written;
  if (typeof path !== "string") throw new InvalidArgumentError(`Its path is no text in quotes: ${example}`);
  return { text, isNegated: false, path, sign, value };
}

const optionOf = ({ text }: Condition): string => `--where ${JSON.stringify(text)}`;

/** The operators that an entity's filters know, each once. */
export const operatorsOf = (entity: EntityManifest): readonly string[] => [
  ...new Set(entity.filters.flatMap(({ operators }) => operators)),
];

/**
 * The API's filter of a condition.
 *
 * @throws WrongUsage when its field or its operator is none of the entity's; values are the server's to check
 */
function toFilter(condition: Condition, entity: EntityManifest, what: string): Filter {
  const { isNegated, path, sign, value } = condition;
  const where = optionOf(condition);
  const operator = Object.hasOwn(symbols, sign) ? (symbols[sign] as string) : sign;
  const known = operatorsOf(entity);
  if (!known.includes(operator)) {
    throw new WrongUsage(
      `${where}: '${sign}' is no operator: there are ${[...known, ...Object.keys(symbols)].join(", ")}.`,
    );
  }
  const field = knownField(entity, path, where, what);
  const own = entity.filters.find(({ name }) => name === path);
  if (own !== undefined && !own.isOpen && !own.operators.includes(operator)) {
    throw new WrongUsage(`${where}: ${path} takes ${own.operators.join(", ")}, and not ${operator}.`);
  }
  const filter = {
    [path]: { [operator]: readNamed(where, path, field, () => readOperand(where, field, operator, value)) },
  };
  return isNegated ? { not: filter } : filter;
}

function readOperand(where: string, field: Field, operator: string, value: string): unknown {
  if (operator === "exists") {
    if (["", "true", "false"].includes(value)) return value !== "false";
    throw new WrongUsage(`${where}: exists takes true or false, not '${value}'.`);
  }
  if (value === "") throw new WrongUsage(`${where}: ${operator} needs a value: ${example}`);
  const compared = operator === "contains" && field.elements !== undefined ? elementOf(field) : field;
  return operator === "in" ? readFieldTexts(compared, value) : readFieldText(compared, value);
}

/** Reads a filter that is written in JSON. */
export function parseWhereJson(text: string): Filter {
  const filter = readNamed("--where-json", "", anything, () => parsedJson(text));
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw new InvalidArgumentError(
      `It has to be a filter as a JSON object, such as {"name":{"startsWith":"A"}}.`,
    );
  }
  return filter as Filter;
}

/** Options that give conditions. */
export interface WhereOptions {
  readonly where?: readonly Condition[];
  readonly whereJson?: Filter;
}

/** One filter of all that were given: each has to hold. `undefined` when there is none. */
export function whereOf(
  { where = [], whereJson }: WhereOptions,
  entity: EntityManifest,
  what: string,
): Filter | undefined {
  const filters = where.map((condition) => toFilter(condition, entity, what));
  if (whereJson !== undefined) {
    checkPaths(whereJson, entity, what);
    filters.push(whereJson);
  }
  return filters.length > 1 ? { and: filters } : filters[0];
}

/** What a part of the filter is called on the command line. */
export function whereName({ where = [], whereJson }: WhereOptions): NameOf {
  const isList = where.length + (whereJson === undefined ? 0 : 1) > 1;
  return (path) => {
    const [found, at = "", inner = ""] =
      (isList ? /^where\.and\.(\d+)\.?(.*)$/s : /^where()\.?(.*)$/s).exec(path) ?? [];
    if (found === undefined) return undefined;
    const condition = where[Number(at)];
    return condition === undefined ? `--where-json: ${inner}` : `${optionOf(condition)}: ${condition.path}`;
  };
}

/** A wrong field is named here, with the one that was meant; all else of the filter is the server's to check. */
function checkPaths(filter: Filter, entity: EntityManifest, what: string): void {
  for (const [name, inner] of Object.entries(filter)) {
    if (["and", "or", "not"].includes(name)) {
      for (const one of Array.isArray(inner) ? inner : [inner]) {
        if (typeof one === "object" && one !== null) checkPaths(one as Filter, entity, what);
      }
    } else knownField(entity, name, "--where-json", what);
  }
}
