import { describe, expect, test } from "vitest";
import type { QueryParameter } from "../src/evaluation/compileQuery.ts";
import { singlePartitionKey } from "../src/plan/partitionKeyFilter.ts";
import { type PlanPartitioning, planQuery, type QueryPlanOptions } from "../src/plan/planQuery.ts";
import { filterPlaceholder } from "../src/plan/rewriteQuery.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";

const partitioning: PlanPartitioning = {
  paths: ["/key"],
  kind: "Hash",
  effectivePartitionKey: (values) => values.map((value) => `<${JSON.stringify(value)}>`).join(""),
};

function planOf(text: string, options: Partial<QueryPlanOptions> = {}) {
  return planQuery(parseQuery(text), { partitioning, ...options });
}

const filter = filterPlaceholder;

describe("rewritten queries", () => {
  test.each([
    ["SELECT * FROM c", ""],
    ["SELECT TOP 5 * FROM c", ""],
    ["SELECT DISTINCT c.blah FROM c", ""],
    ["SELECT DISTINCT TOP 5 VALUE c.name FROM c", "SELECT DISTINCT VALUE c.name\nFROM c"],
    ["SELECT * FROM c OFFSET 1 LIMIT 2", "SELECT *\nFROM c\nOFFSET 0 LIMIT 3"],
    ["SELECT * FROM c WHERE c.b = 5 OFFSET 1 LIMIT 2", "SELECT *\nFROM c\nWHERE (c.b = 5)\nOFFSET 0 LIMIT 3"],
    [
      "SELECT * FROM Root r ORDER BY r.blah",
      `SELECT r._rid, [{"item": r.blah}] AS orderByItems, r AS payload\nFROM Root AS r\nWHERE (${filter})\nORDER BY r.blah`,
    ],
    [
      "SELECT TOP 10 c.a, c['b'], c[0] FROM c WHERE c.d = 'x' ORDER BY c.e ASC, c.f DESC",
      `SELECT TOP 10 c._rid, [{"item": c.e}, {"item": c.f}] AS orderByItems, {"a": c.a, "b": c["b"], "$1": c[0]} AS payload\nFROM c\nWHERE ((c.d = "x") AND (${filter}))\nORDER BY c.e ASC, c.f DESC`,
    ],
    [
      "SELECT DISTINCT VALUE c.blah FROM c ORDER BY c.blah",
      `SELECT c._rid, [{"item": c.blah}] AS orderByItems, c.blah AS payload\nFROM c\nWHERE ((${filter}) AND IS_DEFINED(c.blah))\nORDER BY c.blah`,
    ],
    [
      "SELECT * FROM c ORDER BY c.a OFFSET 2 LIMIT 3",
      `SELECT c._rid, [{"item": c.a}] AS orderByItems, c AS payload\nFROM c\nWHERE (${filter})\nORDER BY c.a\nOFFSET 0 LIMIT 5`,
    ],
    [
      "SELECT VALUE AVG(c.b) FROM c",
      'SELECT VALUE [{"item": {"sum": SUM(c.b), "count": COUNT(c.b)}}]\nFROM c',
    ],
    [
      "SELECT TOP 5 VALUE MIN(c.b + 1) FROM c WHERE c.d > 1",
      'SELECT VALUE [{"item": MIN((c.b + 1)), "item2": {"min": MIN((c.b + 1)), "count": COUNT((c.b + 1))}}]\nFROM c\nWHERE (c.d > 1)',
    ],
    ["SELECT VALUE COUNT(1) FROM c OFFSET 1 LIMIT 2", 'SELECT VALUE [{"item": COUNT(1)}]\nFROM c'],
    [
      "SELECT SUM(c.b), SUM(c.b) AS s FROM c",
      'SELECT {"$1": {"item": SUM(c.b)}, "s": {"item": SUM(c.b)}} AS payload\nFROM c',
    ],
    [
      "SELECT c.team, Avg(c.age) AS age, MAX(c.age) AS most FROM c GROUP BY c.team",
      'SELECT [{"item": c.team}] AS groupByItems, {"team": c.team, "age": {"item": {"sum": SUM(c.age), "count": COUNT(c.age)}}, "most": {"item": MAX(c.age), "item2": {"max": MAX(c.age), "count": COUNT(c.age)}}} AS payload\nFROM c\nGROUP BY c.team',
    ],
    [
      "SELECT VALUE COUNT(1) FROM c GROUP BY c.age",
      'SELECT [{"item": c.age}] AS groupByItems, [{"item": COUNT(1)}] AS payload\nFROM c\nGROUP BY c.age',
    ],
    [
      'SELECT VALUE {"age": c.age} FROM c GROUP BY c.age',
      'SELECT [{"item": c.age}] AS groupByItems, {"age": c.age} AS payload\nFROM c\nGROUP BY c.age',
    ],
  ])("%s", (text, rewritten) => {
    const { queryInfo } = planOf(text);
    expect(queryInfo.rewrittenQuery).toBe(rewritten);
    if (rewritten !== "") {
      parseQuery(rewritten.replace(filter, "true"));
    }
  });
});

describe("query info", () => {
  test("a whole plan", () => {
    expect(planOf("SELECT DISTINCT TOP 3 c.a FROM c ORDER BY c.a DESC")).toEqual({
      partitionedQueryExecutionInfoVersion: 2,
      queryInfo: {
        distinctType: "Ordered",
        top: 3,
        offset: null,
        limit: null,
        orderBy: ["Descending"],
        orderByExpressions: ["c.a"],
        groupByExpressions: [],
        groupByAliases: [],
        aggregates: [],
        groupByAliasToAggregateType: {},
        rewrittenQuery: `SELECT c._rid, [{"item": c.a}] AS orderByItems, {"a": c.a} AS payload\nFROM c\nWHERE (${filter})\nORDER BY c.a DESC`,
        hasSelectValue: false,
        dCountInfo: null,
        hasNonStreamingOrderBy: false,
      },
      queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
    });
  });

  test("groups", () => {
    const { queryInfo } = planOf("SELECT c.a, COUNT(1) AS n, 'x' AS t FROM c GROUP BY c.a, LOWER(c.b)");
    expect(queryInfo).toMatchObject({
      aggregates: [],
      groupByExpressions: ["c.a", "LOWER(c.b)"],
      groupByAliases: ["a", "n", "t"],
      groupByAliasToAggregateType: { a: null, n: "Count", t: null },
    });
    expect(planOf("SELECT VALUE COUNTIF(c.a) FROM c").queryInfo).toMatchObject({
      aggregates: ["CountIf"],
      groupByAliases: [],
      hasSelectValue: true,
    });
  });

  test("counts given as parameters", () => {
    const parameters = [
      { name: "@top", value: 42 },
      { name: "@from", value: 2 },
      { name: "@rows", value: 3 },
    ];
    expect(planOf("SELECT TOP @top * FROM c", { parameters }).queryInfo.top).toBe(42);
    expect(planOf("SELECT * FROM c OFFSET @from LIMIT @rows", { parameters }).queryInfo).toMatchObject({
      offset: 2,
      limit: 3,
      rewrittenQuery: "SELECT *\nFROM c\nOFFSET 0 LIMIT 5",
    });
  });

  test("one partition key's items need no merging", () => {
    const plan = planOf("SELECT TOP 9 * FROM c WHERE c.key = 5 ORDER BY c.a OFFSET 1 LIMIT 2");
    expect(plan.queryInfo).toMatchObject({
      top: 9,
      offset: null,
      limit: null,
      orderBy: [],
      rewrittenQuery: "",
    });
    expect(plan.queryRanges).toEqual([
      { min: "<5>", max: "<5>", isMinInclusive: true, isMaxInclusive: true },
    ]);
    expect(planOf("SELECT VALUE COUNT(1) FROM c WHERE c.key = 5").queryInfo.aggregates).toEqual(["Count"]);
  });

  test("counting distinct rows", () => {
    const text = "SELECT COUNT(1) AS n FROM (SELECT DISTINCT VALUE c.a FROM c) AS d";
    expect(() => planOf(text)).toThrow("Query contained DCount, which the calling client does not support.");
    expect(planOf(text, { supportedFeatures: ["Distinct", "DCount"] }).queryInfo).toMatchObject({
      distinctType: "Unordered",
      dCountInfo: { dCountAlias: "n" },
      rewrittenQuery: "SELECT DISTINCT VALUE c.a\nFROM c",
    });
  });

  test("refusals", () => {
    expect(() => planOf("SELECT VALUE FLOOR(AVG(c.a)) FROM c")).toThrow(
      '{"Errors":["Compositions of aggregates and other expressions are not allowed."]}',
    );
    expect(() => planOf("SELECT TOP 1 * FROM c", { supportedFeatures: ["Aggregate"] })).toThrow(
      "Query contained Top",
    );
    expect(() => planOf("SELECT x.a FROM c")).toThrow("SC2001");
  });
});

describe("ranges", () => {
  const point = (key: string) => ({ min: key, max: key, isMinInclusive: true, isMaxInclusive: true });
  const everything = { min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false };
  const nothing = point("");
  test.each([
    ["SELECT * FROM c WHERE c.key = 'k'", [point('<"k">')]],
    ["SELECT * FROM c WHERE 'k' = c['key']", [point('<"k">')]],
    ["SELECT * FROM c WHERE c.key = null", [point("<null>")]],
    ["SELECT * FROM c WHERE c.key", [point("<true>")]],
    ["SELECT * FROM c WHERE NOT c.key", [point("<false>")]],
    ["SELECT * FROM c WHERE c.key = @k AND c.x > 1", [point("<7>")]],
    ["SELECT * FROM c WHERE c.key IN (3, 1, 2, 1)", [point("<1>"), point("<2>"), point("<3>")]],
    ["SELECT * FROM c WHERE c.key = 2 OR (c.key = 1 AND c.x)", [point("<1>"), point("<2>")]],
    ["SELECT * FROM c WHERE c.key = 1 AND c.key IN (2, 3)", [nothing]],
    ["SELECT * FROM c WHERE false", [nothing]],
    ["SELECT 5", [nothing]],
    ["SELECT * FROM c WHERE c.key = 1 OR c.x = 1", [everything]],
    ["SELECT * FROM c WHERE c.key > 1", [everything]],
    ["SELECT * FROM c WHERE c.key = []", [everything]],
    ["SELECT * FROM c WHERE c.key[0] = 1", [everything]],
    ["SELECT * FROM c WHERE NOT (c.key = 1)", [everything]],
    ["SELECT (SELECT * FROM c WHERE c.key = 42) FROM c", [everything]],
  ])("%s", (text, ranges) => {
    expect(planOf(text, { parameters: [{ name: "@k", value: 7 }] }).queryRanges).toEqual(ranges);
  });

  test("hierarchical keys", () => {
    const hierarchical: PlanPartitioning = {
      ...partitioning,
      paths: ["/tenant", '/"a b"/id'],
      kind: "MultiHash",
    };
    const ranges = (text: string) => planOf(text, { partitioning: hierarchical }).queryRanges;
    expect(ranges("SELECT * FROM c WHERE c.tenant = 1 AND c['a b'].id = 2")).toEqual([point("<1><2>")]);
    expect(ranges("SELECT * FROM c WHERE c.tenant = 1")).toEqual([
      { min: "<1>", max: "<1>FF", isMinInclusive: true, isMaxInclusive: false },
    ]);
    expect(ranges("SELECT * FROM c WHERE c['a b'].id = 2")).toEqual([everything]);
  });

  test("the single partition key", () => {
    const key = (text: string, paths: string[], parameters: QueryParameter[] = []) =>
      singlePartitionKey(parseQuery(text), parameters, paths);
    expect(
      key("SELECT * FROM c WHERE c.a.b = @v AND c.d = 'x'", ["/a/b", "/d"], [{ name: "@v", value: 1 }]),
    ).toEqual([1, "x"]);
    expect(key("SELECT * FROM c WHERE c.d IN ('x')", ["/d"])).toEqual(["x"]);
    expect(key("SELECT * FROM c WHERE c.d IN ('x', 'y')", ["/d"])).toBeUndefined();
    expect(key("SELECT * FROM c", ["/d"])).toBeUndefined();
  });
});
