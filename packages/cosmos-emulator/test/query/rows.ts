import type { Json, JsonObject } from "../../src/json.ts";
import { type CompiledQuery, compileQuery } from "../../src/query/compileQuery.ts";
import { parseQuery } from "../../src/query/parseQuery.ts";

/** The rows of a query over items, with parameters given as `{ "@name": value }`. */
export function rowsOf(
  text: string,
  items: readonly JsonObject[] = [{}],
  parameters: Readonly<Record<string, Json>> = {},
): Json[] {
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  return [...compileQuery(parseQuery(text), list, { now: () => NOW }).run(items)];
}

/** The time that the tests' queries see: 2024-10-14T14:20:30.666Z. */
const NOW = Date.UTC(2024, 9, 14, 14, 20, 30, 666);

/** The value of an expression, undefined if it has none. */
export function evaluated(expression: string, item: JsonObject = {}): Json | undefined {
  return rowsOf(`SELECT VALUE ${expression} FROM c`, [item])[0];
}

/** The rows of one item. */
export function itemRows(compiled: CompiledQuery, item: JsonObject): Json[] {
  const rows: Json[] = [];
  compiled.visitRows(item, (row) => {
    rows.push(row);
    return false;
  });
  return rows;
}
