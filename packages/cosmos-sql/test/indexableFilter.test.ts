import { describe, expect, test } from "vitest";
import { anyElement, type IndexableFilter } from "../src/plan/filter.ts";
import { indexableFilter, orderByPaths } from "../src/plan/indexableFilter.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";

const all: IndexableFilter = { kind: "all" };
const none: IndexableFilter = { kind: "none" };
const a1: IndexableFilter = { kind: "equals", path: ["a"], value: 1 };
const b2: IndexableFilter = { kind: "equals", path: ["b"], value: 2 };

describe("WHERE as a condition for the index", () => {
  test.each<[string, IndexableFilter]>([
    ["c.a = 1", a1],
    ["1 = c['a']", a1],
    ["c.a = 1 AND c.b = 2", { kind: "and", filters: [a1, b2] }],
    ["c.a = 1 OR c.b = 2", { kind: "or", filters: [a1, b2] }],
    ["c.a = 1 AND LENGTH(c.b) = 2", a1],
    ["c.a = 1 OR LENGTH(c.b) = 2", all],
    ["NOT (c.a != 1)", a1],
    ["NOT (c.a != 1 OR NOT (c.b = 2))", { kind: "and", filters: [a1, b2] }],
    ["c.a != 1", all],
    ["c.a = c.b", all],
    ["c.a = 1 AND false", none],
    ["c.a = undefined", none],
    ["c.a = [1]", all],
    ["c.a = @one", a1],
    ["c.a = 2 - 1", a1],
    ["c.a = GetCurrentTimestamp()", all],
    ["c.a < {}", none],
    ["c.a", { kind: "equals", path: ["a"], value: true }],
    ["NOT c.a", { kind: "equals", path: ["a"], value: false }],
    ["c.a IN (1, 2, 1)", { kind: "in", path: ["a"], values: [1, 2] }],
    ["c.a IN (1, c.b)", all],
    ["c.a NOT IN (1)", all],
    [
      "c.x.y > 'k'",
      {
        kind: "range",
        path: ["x", "y"],
        type: "string",
        lower: { value: "k", inclusive: false },
        upper: undefined,
      },
    ],
    [
      "5 >= c.a",
      { kind: "range", path: ["a"], type: "number", lower: undefined, upper: { value: 5, inclusive: true } },
    ],
    [
      "NOT (c.a > 5)",
      { kind: "range", path: ["a"], type: "number", lower: undefined, upper: { value: 5, inclusive: true } },
    ],
    [
      "c.a BETWEEN 1 AND 2",
      {
        kind: "and",
        filters: [
          {
            kind: "range",
            path: ["a"],
            type: "number",
            lower: { value: 1, inclusive: true },
            upper: undefined,
          },
          {
            kind: "range",
            path: ["a"],
            type: "number",
            lower: undefined,
            upper: { value: 2, inclusive: true },
          },
        ],
      },
    ],
    ["STARTSWITH(c.a, 'p')", { kind: "prefix", path: ["a"], prefix: "p" }],
    ["STARTSWITH(c.a, 'p', true)", all],
    ["c.a LIKE 'p%x'", { kind: "prefix", path: ["a"], prefix: "p" }],
    ["c.a LIKE 'p!%' ESCAPE '!'", { kind: "equals", path: ["a"], value: "p%" }],
    ["c.a LIKE '%x'", { kind: "type", path: ["a"], type: "string" }],
    ["IS_DEFINED(c.a)", { kind: "defined", path: ["a"] }],
    ["IS_NULL(c.a)", { kind: "type", path: ["a"], type: "null" }],
    ["NOT IS_DEFINED(c.a)", all],
    ["ARRAY_CONTAINS(c.t, 'x')", { kind: "equals", path: ["t", anyElement], value: "x" }],
    ["ARRAY_CONTAINS([1, 2], c.a)", { kind: "in", path: ["a"], values: [1, 2] }],
    ["ARRAY_CONTAINS_ANY(c.t, 'x', 'y')", { kind: "in", path: ["t", anyElement], values: ["x", "y"] }],
    ["c.t[3] = 'x'", { kind: "equals", path: ["t", anyElement], value: "x" }],
    [
      "EXISTS(SELECT VALUE t FROM t IN c.t WHERE t.n = 1)",
      { kind: "equals", path: ["t", anyElement, "n"], value: 1 },
    ],
    ["NOT EXISTS(SELECT VALUE t FROM t IN c.t WHERE t.n = 1)", all],
    ["EXISTS(SELECT VALUE COUNT(1) FROM t IN c.t WHERE t.n = 1)", all],
    ["c = 1", all],
  ])("%s", (condition, expected) => {
    const query = parseQuery(`SELECT * FROM c WHERE ${condition}`);
    expect(indexableFilter(query, [{ name: "@one", value: 1 }])).toEqual(expected);
  });

  test("aliases of FROM and JOIN", () => {
    const filter = (text: string) => indexableFilter(parseQuery(text));
    expect(filter("SELECT VALUE t FROM c JOIN t IN c.tags WHERE t = 'x'")).toEqual({
      kind: "equals",
      path: ["tags", anyElement],
      value: "x",
    });
    expect(filter("SELECT * FROM c.a.b WHERE b.d = 1")).toEqual({
      kind: "equals",
      path: ["a", "b", "d"],
      value: 1,
    });
    expect(filter("SELECT x FROM c JOIN (SELECT VALUE t FROM t IN c.t) AS x WHERE x = 1")).toEqual(all);
  });
});

test("the paths of ORDER BY", () => {
  expect(orderByPaths(parseQuery("SELECT * FROM c ORDER BY c.a DESC, c['b'].d"))).toEqual([
    { path: ["a"], descending: true },
    { path: ["b", "d"], descending: false },
  ]);
  expect(orderByPaths(parseQuery("SELECT * FROM c"))).toBeUndefined();
  expect(orderByPaths(parseQuery("SELECT * FROM c ORDER BY c.a[0]"))).toBeUndefined();
});
