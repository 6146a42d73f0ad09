import type { CompiledQuery } from "../src/evaluation/compileQuery.ts";
import { runQuery } from "../src/evaluation/runQuery.ts";
import type { Json, JsonObject } from "../src/json.ts";

/** The rows of a query over items, with parameters given as `{ "@name": value }`. */
export function rowsOf(
  text: string,
  items: readonly JsonObject[] = [{}],
  parameters: Readonly<Record<string, Json>> = {},
): Json[] {
  return [...runQuery(text, items, parameters, { now: () => now })];
}

/** The time that the tests' queries see: 2024-10-14T14:20:30.666Z. */
const now = Date.UTC(2024, 9, 14, 14, 20, 30, 666);

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
