import { describe, expect, test } from "vitest";
import { compileQuery } from "../src/evaluation/compileQuery.ts";
import type { Json, JsonObject } from "../src/json.ts";
import { QueryError } from "../src/queryError.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";
import { evaluated, itemRows, rowsOf } from "./rows.ts";

const item: JsonObject = {
  n: 3,
  s: "abc",
  t: true,
  z: null,
  list: [1, 2],
  nested: { deep: { x: 1 } },
};

describe("expressions", () => {
  test.each<[string, Json | undefined]>([
    ["c.nested.deep.x", 1],
    ["c['nested']['de' || 'ep'].x", 1],
    ["c.list[1]", 2],
    ["c.list[5]", undefined],
    ["c.s.length", undefined],
    ["c.toString", undefined],
    ["c.constructor", undefined],
    ["c.__proto__", undefined],
    ["c.missing.deeper", undefined],
    ["[1, undefined, 2]", [1, 2]],
    ["{a: undefined, b: 1}", { b: 1 }],
    ["c.n + 1", 4],
    ["c.n + c.s", undefined],
    ["c.n / 0", undefined],
    ["-7 % 3", -1],
    ["'a' || 'b'", "ab"],
    ["'a' || 1", undefined],
    ["100 >> 2", 25],
    ["100 << 2", 400],
    ["-1 >>> 0", 4294967295],
    ["100 & 1000", 96],
    ["100 | 1000", 1004],
    ["100 ^ 1000", 908],
    ["~5", -6],
    ["c.n = 3", true],
    ["c.n = '3'", false],
    ["c.n != '3'", true],
    ["c.n != null", true],
    ["c.missing = 1", undefined],
    ["c.missing != 1", undefined],
    ["c.list = [1, 2]", true],
    ["c.nested = {deep: {x: 1}}", true],
    ["{a: 1, b: 2} = {b: 2, a: 1}", true],
    ["c.n < 4", true],
    ["c.n < 'x'", undefined],
    ["false < true", true],
    ["null >= null", true],
    ["[1] < [2]", undefined],
    ["'B' < 'a'", true],
    ["'\uFFFD' < '\u{1F600}'", true],
    ["c.n IN (1, 2, 3)", true],
    ["c.n IN (1, c.missing)", undefined],
    ["c.missing IN (1)", undefined],
    ["c.n NOT IN (1)", true],
    ["c.list IN ([1, 2])", true],
    ["c.n BETWEEN 3 AND 4", true],
    ["c.n BETWEEN 4 AND 'x'", false],
    ["c.n BETWEEN 1 AND 'x'", undefined],
    ["c.n NOT BETWEEN 4 AND 5", true],
    ["c.missing ?? 'other'", "other"],
    ["c.z ?? 'other'", null],
    ["c.t ? 1 : 2", 1],
    ["c.missing ? 1 : 2", 2],
    ["true AND c.missing", undefined],
    ["false AND c.missing", false],
    ["true OR c.missing", true],
    ["false OR c.missing", undefined],
    ["true AND 5", undefined],
    ["true AND true AND c.missing", undefined],
    ["false OR false OR true", true],
    ["NOT c.missing", undefined],
    ["NOT c.t", false],
    ["+c.s", undefined],
    ["undefined", undefined],
  ])("%s", (expression, expected) => {
    expect(evaluated(expression, item)).toEqual(expected);
  });

  test.each<[string, string, boolean]>([
    ["abc", "abc", true],
    ["abc", "ABC", false],
    ["abc", "a%", true],
    ["abc", "%c", true],
    ["abc", "%b%", true],
    ["abc", "a_c", true],
    ["abc", "_", false],
    ["", "%", true],
    ["20-30%", "20-30[%]", true],
    ["_n", "[_]n", true],
    ["bat", "[b-d]at", true],
    ["bat", "[^b-d]at", false],
    ["aXbXc", "a%b%c", true],
    ["[", "[[]", true],
    ["😀", "_", true],
  ])("%s LIKE %s", (text, pattern, expected) => {
    expect(rowsOf("SELECT VALUE @t LIKE @p", [], { "@t": text, "@p": pattern })).toEqual([expected]);
  });

  test("LIKE with an escape character, on other types, and on a hard pattern", () => {
    expect(evaluated("'20%' LIKE '20^%' ESCAPE '^'")).toBe(true);
    expect(evaluated("'200' LIKE '20^%' ESCAPE '^'")).toBe(false);
    expect(evaluated("5 LIKE '5'")).toBeUndefined();
    expect(evaluated(`'${"a".repeat(5000)}' LIKE '${"%a".repeat(200)}b'`)).toBe(false);
  });

  test("a list of ten thousand", () => {
    const list = Array.from({ length: 10_000 }, (_, index) => `${index}`).join(",");
    const items = Array.from({ length: 100 }, (_, index) => ({ n: index * 1000 }));
    expect(rowsOf(`SELECT VALUE c.n FROM c WHERE c.n IN (${list})`, items)).toHaveLength(10);
  });
});

describe("properties named like those of every object", () => {
  const document = JSON.parse('{"__proto__": {"x": 1}, "constructor": "c", "toString": 5}') as JsonObject;

  test("are data", () => {
    expect(evaluated("c.__proto__.x", document)).toBe(1);
    expect(evaluated("c.constructor", document)).toBe("c");
    expect(
      rowsOf("SELECT c.__proto__, c.toString FROM c", [document]).map((row) => JSON.stringify(row)),
    ).toEqual(['{"__proto__":{"x":1},"toString":5}']);
    expect(JSON.stringify(evaluated("{'__proto__': {polluted: true}}"))).toBe(
      '{"__proto__":{"polluted":true}}',
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(rowsOf("SELECT COUNT(1) AS constructor FROM c GROUP BY c.toString", [document])).toEqual([
      { constructor: 1 },
    ]);
  });
});

const families: JsonObject[] = [
  { id: "a", kids: [{ name: "Ada", pets: ["p1", "p2"] }, { name: "Ben" }], city: "X", age: 5 },
  { id: "b", kids: [], city: "Y", age: 7 },
  { id: "c", city: "X", age: "old" },
];

describe("clauses", () => {
  test.each<[string, Json[]]>([
    ["SELECT VALUE c.id FROM c", ["a", "b", "c"]],
    ["SELECT VALUE c.kids FROM c WHERE c.id = 'c'", []],
    [
      "SELECT c.kids[0].name, c.id || '!' , c.age + 1 FROM c WHERE c.id = 'a'",
      [{ name: "Ada", $1: "a!", $2: 6 }],
    ],
    ["SELECT c.id AS constructor, 1 one FROM c WHERE c.id = 'a'", [{ constructor: "a", one: 1 }]],
    ["SELECT * FROM k IN c.kids", [{ name: "Ada", pets: ["p1", "p2"] }, { name: "Ben" }]],
    ["SELECT VALUE kids FROM c.kids", [families[0]?.["kids"] ?? null, []]],
    ["SELECT VALUE name FROM c.kids[0].name", ["Ada"]],
    [
      "SELECT f.id, k.name FROM Families f JOIN k IN f.kids",
      [
        { id: "a", name: "Ada" },
        { id: "a", name: "Ben" },
      ],
    ],
    ["SELECT VALUE p FROM c JOIN k IN c.kids JOIN p IN k.pets", ["p1", "p2"]],
    ["SELECT VALUE n FROM c JOIN (SELECT VALUE k.name FROM k IN c.kids WHERE k.name != 'Ada') AS n", ["Ben"]],
    ["SELECT VALUE u.v FROM c JOIN u IN (SELECT VALUE [{v: 1}, {v: 2}]) WHERE c.id = 'b'", [1, 2]],
    ["SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE k FROM k IN c.kids WHERE k.name = 'Ben')", ["a"]],
    ["SELECT VALUE ARRAY(SELECT VALUE k.name FROM k IN c.kids) FROM c", [["Ada", "Ben"], [], []]],
    ["SELECT VALUE (SELECT VALUE COUNT(1) FROM k IN c.kids) FROM c", [2, 0, 0]],
    [
      "SELECT c.id, (SELECT VALUE k.name FROM k IN c.kids WHERE k.pets[1] = 'p2') AS n FROM c WHERE c.age = 5",
      [{ id: "a", n: "Ada" }],
    ],
    ["SELECT DISTINCT VALUE c.city FROM c", ["X", "Y"]],
    ["SELECT DISTINCT c.kids[5] FROM c", [{}]],
    ["SELECT TOP 2 VALUE c.id FROM c", ["a", "b"]],
    ["SELECT TOP 0 VALUE c.id FROM c", []],
    ["SELECT VALUE c.id FROM c OFFSET 1 LIMIT 1", ["b"]],
    ["SELECT VALUE c.id FROM c ORDER BY c.age DESC", ["c", "b", "a"]],
    ["SELECT VALUE c.id FROM c ORDER BY c.city DESC, c.age ASC", ["b", "a", "c"]],
    ["SELECT TOP 1 VALUE c.id FROM c ORDER BY c.age", ["a"]],
    ["SELECT VALUE c.id FROM c ORDER BY c.age OFFSET 1 LIMIT 5", ["b", "c"]],
    [
      "SELECT c.city, COUNT(1) AS n FROM c GROUP BY c.city",
      [
        { city: "X", n: 2 },
        { city: "Y", n: 1 },
      ],
    ],
    [
      "SELECT c.kids[0].name AS first, COUNT(1) AS n FROM c GROUP BY c.kids[0].name",
      [{ first: "Ada", n: 1 }, { n: 2 }],
    ],
    ["SELECT VALUE UPPER(c.city) FROM c GROUP BY UPPER(c.city)", ["X", "Y"]],
    [
      "SELECT VALUE {city: c.city, m: MAX(c.age)} FROM c GROUP BY c.city",
      [
        { city: "X", m: "old" },
        { city: "Y", m: 7 },
      ],
    ],
    ["SELECT COUNT(c.kids) AS kids, MIN(c.age), SUM(c.age) AS s FROM c", [{ kids: 2, $1: 5 }]],
    ["SELECT VALUE AVG(c.age) FROM c", []],
    ["SELECT VALUE AVG(c.age) FROM c WHERE IS_NUMBER(c.age)", [6]],
    ["SELECT VALUE SUM(c.age) FROM c WHERE false", [0]],
    ["SELECT VALUE MAX(c.age) FROM c WHERE false", []],
    ["SELECT VALUE COUNT(1) FROM c WHERE false", [0]],
    ["SELECT VALUE COUNTIF(c.city = 'X') FROM c", [2]],
    ["SELECT VALUE MAKELIST(c.city) FROM c", [["X", "Y", "X"]]],
    ["SELECT VALUE MAKESET(c.city) FROM c", [["X", "Y"]]],
    ["SELECT VALUE MAX(c.age) + 1 FROM c WHERE IS_NUMBER(c.age)", [8]],
    ["SELECT COUNT(1) AS n FROM c GROUP BY c.city OFFSET 1 LIMIT 1", [{ n: 1 }]],
    ["SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.city FROM c) AS d", [2]],
    ["SELECT 5 AS five", [{ five: 5 }]],
    ["SELECT VALUE 1 WHERE false", []],
  ])("%s", (text, expected) => {
    if (text.includes("SELECT DISTINCT VALUE c.city FROM c)")) {
      // A subquery in FROM sees one item at a time: the client counts across items, by the plan's dCountInfo.
      expect(rowsOf(text, families)).toEqual([3]);
    } else {
      expect(rowsOf(text, families)).toEqual(expected);
    }
  });

  test("ORDER BY has undefined, null, booleans, numbers, strings, arrays and objects in this order", () => {
    const values: Json[] = [{ o: 1 }, [1], "b", "a", 2, 1, true, false, null];
    const items: JsonObject[] = [...values.map((v, index) => ({ v, id: `${index}` })), { id: "none" }];
    const ids = ["none", "8", "7", "6", "5", "4", "3", "2", "1", "0"];
    expect(rowsOf("SELECT VALUE c.id FROM c ORDER BY c.v", items)).toEqual(ids);
    expect(rowsOf("SELECT VALUE c.id FROM c ORDER BY c.v DESC", items)).toEqual(ids.toReversed());
  });

  test("parameters stand for values and for counts", () => {
    const parameters = { "@top": 1, "@city": "X", "@list": ["a", "c"] };
    expect(
      rowsOf(
        "SELECT TOP @top VALUE c.id FROM c WHERE c.city = @city AND ARRAY_CONTAINS(@list, c.id) ORDER BY c.id DESC",
        families,
        parameters,
      ),
    ).toEqual(["c"]);
  });
});

describe("refusals", () => {
  test.each([
    ["SELECT x.a FROM c", "SC2001", "Identifier 'x' could not be resolved."],
    ["SELECT Families.id FROM Families f", "SC2001", "Identifier 'Families' could not be resolved."],
    ["SELECT TRUE FROM c", "SC2001", "Identifier 'TRUE' could not be resolved."],
    ["SELECT @p FROM c", "SC2001", "Identifier '@p' could not be resolved."],
    ["SELECT * FROM c JOIN x IN Other.list", "SC2001", "Identifier 'Other' could not be resolved."],
    ["SELECT BADFUNC(c.a) FROM c", "SC2005", "'BADFUNC' is not a recognized built-in function name."],
    ["SELECT * FROM c JOIN t IN c.tags", "SC2040", "'SELECT *' is only valid with a single input set."],
    ["SELECT * FROM c GROUP BY c.a", "SC2041", "'SELECT *' is not allowed with GROUP BY."],
    ["SELECT VALUE STARTSWITH(c.a) FROM c", "SC2050", "The STARTSWITH function requires 2 to 3 argument(s)."],
    ["SELECT VALUE ABS(1, 2)", "SC2050", "The ABS function requires 1 argument(s)."],
    ["SELECT VALUE CONCAT('a')", "SC2050", "The CONCAT function requires at least 2 argument(s)."],
    [
      "SELECT TOP 4294967296 * FROM c",
      "SC2060",
      "The count value provided for a TOP clause must be an integer.",
    ],
    [
      "SELECT * FROM c OFFSET 4294967296 LIMIT 1",
      "SC2062",
      "The OFFSET count value exceeds the maximum allowed value.",
    ],
    [
      "SELECT VALUE MAX(MIN(c.a)) FROM c",
      "SC2101",
      "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.",
    ],
    [
      "SELECT c.a.b, COUNT(1) FROM c GROUP BY c.x",
      "SC2102",
      "Property reference 'c.a.b' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
    ],
    [
      "SELECT * FROM c ORDER BY LOWER(c.a)",
      2206,
      "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.",
    ],
    [
      "SELECT VALUE t FROM c JOIN t IN c.tags ORDER BY t.x",
      undefined,
      "Order-by over correlated collections is not supported.",
    ],
    ["SELECT VALUE udf.f(1)", undefined, "User-defined functions are not supported here."],
    [
      "SELECT VALUE ST_DISTANCE(c.a, c.b) FROM c",
      undefined,
      "The ST_DISTANCE function is not supported here.",
    ],
    [
      "SELECT VALUE VectorDistance(c.a, [1]) FROM c",
      undefined,
      "The VECTORDISTANCE function is not supported here.",
    ],
    [
      "SELECT * FROM c ORDER BY RANK FullTextScore(c.a, 'x')",
      undefined,
      "ORDER BY RANK is not supported here.",
    ],
    [
      "SELECT * FROM c WHERE COUNT(1) > 1",
      undefined,
      "Aggregate functions are allowed in the SELECT clause only.",
    ],
  ])("%s", (text, code, message) => {
    let failure: unknown;
    try {
      compileQuery(parseQuery(text));
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(QueryError);
    expect((failure as QueryError).code).toBe(code);
    expect((failure as QueryError).details[0]?.message).toBe(message);
  });

  test("values that nest deeper than an item may", () => {
    const nested = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    const text = "SELECT VALUE ARRAY_CONTAINS([StringToArray(@s)], StringToArray(@s))";
    expect(rowsOf(text, [], { "@s": nested })).toEqual([]);
    expect(() => rowsOf("SELECT VALUE @v", [], { "@v": JSON.parse(nested) as Json })).toThrow(QueryError);
  });

  test("an alias given twice", () => {
    expect(() => rowsOf("SELECT VALUE 1 FROM c JOIN c IN c.list")).toThrow("specified more than once");
  });

  test("a number beyond all numbers", () => {
    expect(rowsOf("SELECT VALUE 1e999")).toEqual([]);
  });

  test("a scalar subquery with two rows", () => {
    expect(() => rowsOf("SELECT VALUE (SELECT VALUE k FROM k IN c.kids) FROM c", families)).toThrow(
      "cardinality of a scalar subquery",
    );
  });
});

describe("pieces for paging", () => {
  test("a stream gives each item's rows", () => {
    const compiled = compileQuery(parseQuery("SELECT VALUE k.name FROM c JOIN k IN c.kids"));
    expect(compiled).toMatchObject({
      kind: "stream",
      needsAllRows: false,
      hasOrderBy: false,
      distinct: false,
    });
    expect(families.map((family) => itemRows(compiled, family))).toEqual([["Ada", "Ben"], [], []]);
  });

  test("a stream reads no further than it must", () => {
    const compiled = compileQuery(parseQuery("SELECT TOP 2 VALUE c.id FROM c"));
    let read = 0;
    const items = (function* () {
      for (const family of families) {
        read += 1;
        yield family;
      }
    })();
    expect([...compiled.run(items)]).toEqual(["a", "b"]);
    expect(read).toBe(2);
  });

  test("an ordered query gives rows with keys", () => {
    const compiled = compileQuery(parseQuery("SELECT VALUE c.id FROM c ORDER BY c.city DESC, c.age"));
    expect(compiled).toMatchObject({ kind: "ordered", needsAllRows: true, hasOrderBy: true });
    const [a, b] = families.flatMap((family) => compiled.orderedRowsOf(family));
    expect(a).toEqual({ row: "a", keys: ["X", 5] });
    expect(compiled.compareKeys(a?.keys ?? [], b?.keys ?? [])).toBeGreaterThan(0);
  });

  test("flags", () => {
    expect(compileQuery(parseQuery("SELECT VALUE COUNT(1) FROM c")).kind).toBe("grouped");
    expect(compileQuery(parseQuery("SELECT 1")).isConstant).toBe(true);
    expect(compileQuery(parseQuery("SELECT TOP 9 c.a FROM c OFFSET 3 LIMIT 5"))).toMatchObject({
      offset: 3,
      limit: 5,
    });
    const distinct = compileQuery(parseQuery("SELECT DISTINCT VALUE c FROM c"));
    expect(distinct.distinctKey({ a: 1, b: -0 })).toBe(distinct.distinctKey({ b: 0, a: 1 }));
  });
});
