import type { Json, JsonObject } from "../json.ts";
import { parseQuery } from "../syntax/parseQuery.ts";
import { type CompileOptions, compileQuery } from "./compileQuery.ts";

/**
 * Runs a query over items, once. To run one several times, or page by page, see {@link parseQuery} and
 * {@link compileQuery}.
 *
 * @param parameters values by the names that the text has, `@` included
 * @returns the rows, computed as they are asked for
 * @throws QueryError for what the service would answer with 400: at the call, or, where it depends on the items, between rows
 * @example
 * const people = [{ id: "ada", age: 36 }, { id: "alan", age: 41 }];
 * [...runQuery("SELECT VALUE p.id FROM p WHERE p.age > @age", people, { "@age": 40 })]; // ["alan"]
 */
export function runQuery(
  text: string,
  items: Iterable<JsonObject>,
  parameters: Readonly<Record<string, Json>> = {},
  options: CompileOptions = {},
): Generator<Json, void, undefined> {
  const named = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  return compileQuery(parseQuery(text), named, options).run(items);
}
