import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexOfPart, lastIndexOfPart, splitAtPart } from "../src/functions/findText.ts";
import type { Json } from "../src/json.ts";
import { planQuery } from "../src/plan/planQuery.ts";
import { QueryError } from "../src/queryError.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";
import { rowsOf } from "./rows.ts";

const long = "a".repeat(1_900_000);
const numbers: Json = Array.from({ length: 1_000 }, (_, index) => index);

/** Each of these would take minutes to centuries, or all memory, if nothing bounded it. */
describe("what would not end is refused", () => {
  /** A subquery around a subquery, each with its value twice: two to the power of the levels in all. */
  const doubled = (twice: string): string =>
    Array.from({ length: 60 }).reduce<string>(
      (inner) => `SELECT VALUE ${twice} FROM (${inner}) AS x`,
      "SELECT VALUE c FROM c",
    );

  it.each<[string, string]>([
    [
      "a cross product",
      "SELECT VALUE COUNT(1) FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n JOIN y IN c.n JOIN z IN c.n",
    ],
    [
      "one that nothing passes",
      "SELECT VALUE v FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n JOIN y IN c.n WHERE v < w AND w < v",
    ],
    [
      "one whose rows are ordered",
      "SELECT VALUE v FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n ORDER BY c.id",
    ],
    [
      "one whose rows are distinct",
      "SELECT DISTINCT v, w, x FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n",
    ],
    [
      "one in a subquery",
      "SELECT VALUE ARRAY(SELECT VALUE v FROM v IN c.n JOIN w IN c.n JOIN x IN c.n) FROM c",
    ],
    [
      "one that an aggregate gathers",
      "SELECT MAKELIST([v, w, x]) FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n",
    ],
    ["one of groups", "SELECT v, w, x FROM c JOIN v IN c.n JOIN w IN c.n JOIN x IN c.n GROUP BY v, w, x"],
    [
      "subqueries in subqueries",
      "SELECT VALUE v FROM c JOIN v IN c.n WHERE EXISTS(SELECT VALUE w FROM w IN c.n WHERE EXISTS(SELECT VALUE x FROM x IN c.n WHERE x < 0))",
    ],
    ["arrays that double", doubled("[x, x]")],
    ["objects that double", doubled('{"a": x, "b": x}')],
    ["arrays that are put together", doubled("ARRAY_CONCAT([x], [x])")],
    ["strings that double", doubled("CONCAT(TOSTRING(x), TOSTRING(x))")],
    ["strings that an operator doubles", doubled("TOSTRING(x) || TOSTRING(x)")],
    ["a replacement that grows", "SELECT VALUE REPLACE(c.long, 'a', c.long) FROM c"],
    ["a join of strings that grows", "SELECT VALUE StringJoin(StringSplit(c.long, 'a'), c.long) FROM c"],
    [
      "a regular expression with many steps",
      "SELECT VALUE REGEXMATCH(c.long, '(a{1,900}b|a{1,800}c){1}d') FROM c JOIN v IN c.n",
    ],
    [
      "many searches in a long text",
      `SELECT VALUE CONTAINS_ALL_CS(c.long, ${"'a',".repeat(9_000)}'a') FROM c`,
    ],
    [
      "many searches in a long array",
      `SELECT VALUE ARRAY_CONTAINS_ANY(StringSplit(c.long, 'a'), ${"'b',".repeat(9_000)}'b') FROM c`,
    ],
    [
      "a long text compared many times",
      "SELECT VALUE COUNT(1) FROM c JOIN v IN c.n JOIN w IN c.n WHERE c.long = CONCAT(c.long, 'b')",
    ],
  ])("%s", (_, text) => {
    expect(() => rowsOf(text, [{ id: "1", long, n: numbers }])).toThrow(QueryError);
  });

  it.each(["(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(a)\\1", "(?>a+)b", "a++b", "a*+b"])(
    "a regular expression that cannot be matched in linear time: %s",
    (pattern) => {
      expect(() => rowsOf("SELECT VALUE REGEXMATCH('ab', @p)", [], { "@p": pattern })).toThrow(
        /has no lookaround/,
      );
    },
  );

  it("a pattern that is too long, and more joins than the service has", () => {
    const pattern = "a".repeat(100_000);
    expect(() => rowsOf("SELECT VALUE REGEXMATCH('ab', @p)", [], { "@p": pattern })).toThrow(/up to 32768/);
    const joins = Array.from({ length: 11 }, (_, index) => ` JOIN j${index} IN c.n`);
    expect(() => rowsOf(`SELECT VALUE 1 FROM c${joins.join("")}`)).toThrow(/up to 10/);
    expect(rowsOf(`SELECT VALUE 1 FROM c${joins.slice(1).join("")}`)).toEqual([]);
  });
});

describe("what is made to be slow is not", () => {
  it.each<[string, string, boolean]>([
    ["(a+)+$", `${long}!`, false],
    ["^(a|a)*$", `${long}!`, false],
    ["(x+x+)+y", "x".repeat(1_000_000), false],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", long, false],
    ["(.*a){20}b", long, false],
    ["(a*)*b", `${long}b`, true],
  ])("REGEXMATCH with %s", (pattern, text, expected) => {
    expect(rowsOf("SELECT VALUE REGEXMATCH(@t, @p)", [], { "@t": text, "@p": pattern })).toEqual([expected]);
  });

  const half = "a".repeat(500_000);
  it.each<[string, Json]>([
    ["CONTAINS(@t, @p)", false],
    ["INDEX_OF(@t, @p)", -1],
    ["LastIndexOf(@t, @p)", -1],
    ["LENGTH(REPLACE(@t, @p, ''))", long.length],
    ["ARRAY_LENGTH(StringSplit(@t, @p))", 1],
    ["LENGTH(TRIM(@t, @p))", 0],
    ["@t LIKE CONCAT('%', @p, '%')", false],
  ])("%s with a text and a part made for the worst case", (expression, expected) => {
    const parameters = { "@t": long, "@p": `${half}b${half}` };
    const run = (): Json[] => rowsOf(`SELECT VALUE ${expression}`, [], parameters);
    if (expression.includes("LIKE")) expect(run).toThrow(QueryError);
    else expect(run()).toEqual([expected]);
  });

  it.each<[string, string]>([
    ["a list of 60,000", `SELECT * FROM c WHERE c.v IN (${"'a',".repeat(60_000)}'b')`],
    ["60,000 alternatives", `SELECT * FROM c WHERE ${"c.v = 1 OR ".repeat(20_000)}false`],
    ["a SELECT list of 40,000", `SELECT ${"c.a b,".repeat(40_000)} c.v FROM c`],
    [
      "groups by thousands of keys",
      `SELECT c.a0 FROM c GROUP BY ${Array.from({ length: 20_000 }, (_, index) => `c.a${index}`).join(",")}`,
    ],
    ["as many aggregates", `SELECT ${"COUNT(1),".repeat(20_000)} 1 FROM c GROUP BY c.a`],
    ["brackets that nothing closes", `SELECT * FROM c WHERE c.v LIKE '${"[".repeat(200_000)}'`],
    [
      "a pattern with sets that nothing closes",
      `SELECT * FROM c WHERE REGEXMATCH(c.v, '${"[a#".repeat(9_000)}', 'x')`,
    ],
    ["a comment without an end", `SELECT * FROM c ${"/* ".repeat(80_000)}`],
    ["strings without an end", `SELECT * FROM c WHERE ${"'a ".repeat(80_000)}`],
    ["a long chain of additions", `SELECT VALUE ${"1+".repeat(120_000)}1`],
    ["brackets", `SELECT VALUE ${"(".repeat(120_000)}1`],
    ["a long path", `SELECT VALUE c${".a".repeat(120_000)} FROM c`],
    ["many joins", `SELECT VALUE 1 FROM c${" JOIN c IN c.a".repeat(18_000)}`],
    [
      "conditions for three keys",
      `SELECT * FROM c WHERE c.a IN (${"1,".repeat(20_000)}1) AND c.b IN (${"1,".repeat(20_000)}1)`,
    ],
    ["many ORDER BY keys", `SELECT * FROM c ORDER BY ${"c.a,".repeat(50_000)} c.b`],
  ])("a query of 256 KB: %s", (_, text) => {
    for (const run of [
      () => rowsOf(text, [{ id: "1", v: "c" }]),
      () =>
        planQuery(parseQuery(text), {
          partitioning: { paths: ["/a", "/b"], kind: "MultiHash", effectivePartitionKey: () => "00" },
        }),
    ]) {
      try {
        run();
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
      }
    }
  });
});

it("finds and splits as the engine does, also in the way that it takes for long texts", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 40 });
  const part = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 2, maxLength: 5 });
  const filler = "c".repeat(600_000);
  fc.assert(
    fc.property(text, part, fc.integer({ min: -3, max: 60 }), (some, sought, start) => {
      // Long enough for the linear search.
      const whole = `${some}${filler}${some}`;
      expect(indexOfPart(whole, sought, start)).toBe(whole.indexOf(sought, start));
      expect(lastIndexOfPart(whole, sought, start)).toBe(whole.lastIndexOf(sought, start));
      expect(lastIndexOfPart(whole, sought)).toBe(whole.lastIndexOf(sought));
      expect(splitAtPart(whole, sought)).toEqual(whole.split(sought));
    }),
    { numRuns: 30 },
  );
});
