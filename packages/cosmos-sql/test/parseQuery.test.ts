import { describe, expect, test } from "vitest";
import { QueryError, QuerySyntaxError } from "../src/queryError.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";
import { printQuery } from "../src/syntax/printQuery.ts";

function failureOf(text: string): QueryError {
  try {
    parseQuery(text);
  } catch (error) {
    expect(error).toBeInstanceOf(QueryError);
    return error as QueryError;
  }
  throw new Error(`This parsed: ${text}`);
}

describe("printing what was parsed", () => {
  test.each([
    ["select * from c", "SELECT *\nFROM c"],
    [
      "SELECT TOP 3 c.a, c.b AS x, c['y z'] w FROM Items c",
      'SELECT TOP 3 c.a, c.b AS x, c["y z"] AS w\nFROM Items AS c',
    ],
    ["SELECT DISTINCT VALUE t FROM c JOIN t IN c.tags", "SELECT DISTINCT VALUE t\nFROM c\nJOIN t IN c.tags"],
    ["SELECT 1 + 2 * 3 - 4", "SELECT ((1 + (2 * 3)) - 4)"],
    ["SELECT -c.a, - 5, NOT true FROM c", "SELECT (- c.a), -5, (NOT true)\nFROM c"],
    ["SELECT VALUE 1 < 2 = true & 3 | 4 ^ 5", "SELECT VALUE ((((1 < 2) = true) & 3) | (4 ^ 5))"],
    ["SELECT VALUE 'a' || 'b' LIKE 'a!%' ESCAPE '!'", 'SELECT VALUE (("a" || "b") LIKE "a!%" ESCAPE "!")'],
    [
      "SELECT VALUE c.a = 1 AND c.b <> 2 OR NOT c.c AND c.d FROM c",
      "SELECT VALUE (((c.a = 1) AND (c.b != 2)) OR ((NOT c.c) AND c.d))\nFROM c",
    ],
    [
      "SELECT * FROM c WHERE c.a NOT IN (1,2) AND c.b NOT BETWEEN 1 AND 2 AND c.d NOT LIKE 'x'",
      'SELECT *\nFROM c\nWHERE ((c.a NOT IN (1, 2)) AND (c.b NOT BETWEEN 1 AND 2) AND (c.d NOT LIKE "x"))',
    ],
    ["SELECT VALUE c.a ? c.b ?? 1 : 2 FROM c", "SELECT VALUE (c.a ? (c.b ?? 1) : 2)\nFROM c"],
    ["SELECT VALUE {a: 1, 'b c': [null, undefined]}", 'SELECT VALUE {"a": 1, "b c": [null, undefined]}'],
    [
      "SELECT VALUE EXISTS(SELECT VALUE 1 FROM t IN c.t) FROM c",
      "SELECT VALUE EXISTS(SELECT VALUE 1\nFROM t IN c.t)\nFROM c",
    ],
    ["SELECT c.g, COUNT(1) FROM c GROUP BY c.g", "SELECT c.g, COUNT(1)\nFROM c\nGROUP BY c.g"],
    [
      "SELECT * FROM c ORDER BY c.a DESC, c.b asc OFFSET 1 LIMIT @n",
      "SELECT *\nFROM c\nORDER BY c.a DESC, c.b ASC\nOFFSET 1 LIMIT @n",
    ],
    ["SELECT VALUE 0x1F >>> 2 -- five bits\n", "SELECT VALUE (31 >>> 2)"],
    [String.raw`SELECT VALUE "a\"\u0041\n" || 'it\'s'`, String.raw`SELECT VALUE ("a\"A\n" || "it's")`],
    ["SELECT c.rank FROM c ORDER BY c.rank", "SELECT c.rank\nFROM c\nORDER BY c.rank"],
    ["SELECT VALUE (1).a", "SELECT VALUE (1).a"],
    ["SELECT naïve.größe FROM naïve", "SELECT naïve.größe\nFROM naïve"],
  ])("%s", (text, printed) => {
    expect(printQuery(parseQuery(text))).toBe(printed);
    expect(printQuery(parseQuery(printed))).toBe(printed);
  });
});

describe("syntax errors", () => {
  test.each([
    ["SELECT TOP -1 * FROM c", "SC1001", 11, 12, "Syntax error, incorrect syntax near '-'."],
    ["SELECT c.order FROM c", "SC1001", 9, 14, "Syntax error, incorrect syntax near 'order'."],
    ["SELECT a, FROM c", "SC1001", 10, 14, "Syntax error, incorrect syntax near 'FROM'."],
    ["SELECT * FROM c WHERE", "SC1001", 21, 21, "Syntax error, incorrect syntax near ''."],
    ["SELECT * FROM c c2 c3", "SC1001", 19, 21, "Syntax error, incorrect syntax near 'c3'."],
    ["", "SC1001", 0, 0, "Syntax error, incorrect syntax near ''."],
    ["SELECT 'abc", "SC1012", 7, 11, "Syntax error, invalid string literal token ''abc'."],
    ["SELECT ;", "SC1010", 7, 8, "Syntax error, invalid token ';'."],
  ])("%s", (text, code, start, end, message) => {
    const failure = failureOf(text);
    expect(failure).toBeInstanceOf(QuerySyntaxError);
    expect(failure.status).toBe(400);
    expect(JSON.parse(failure.message)).toEqual({
      errors: [{ severity: "Error", location: { start, end }, code, message }],
    });
  });

  test.each([
    ["brackets", `SELECT VALUE ${"(".repeat(100_000)}1`],
    ["arrays", `SELECT VALUE ${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["NOTs", `SELECT VALUE ${"NOT ".repeat(50_000)}true`],
    ["subqueries", `SELECT VALUE ${"(SELECT VALUE ".repeat(10_000)}`],
    ["a sum", `SELECT VALUE ${"1+".repeat(100_000)}1`],
    ["a path", `SELECT VALUE c${".a".repeat(100_000)} FROM c`],
    ["a FROM path", `SELECT VALUE 1 FROM c${".a".repeat(100_000)}`],
    ["conditionals", `SELECT VALUE ${"true ? ".repeat(20_000)}`],
  ])("bounds the depth of %s", (_what, text) => {
    expect(failureOf(text).message).toContain("nested too deeply");
  });

  test("bounds the length", () => {
    expect(failureOf(`SELECT '${"x".repeat(600_000)}'`).message).toContain("exceeded the maximum limit");
  });
});

describe("what is refused in subqueries", () => {
  const finding = (code: string | undefined, message: string, start: number, end: number) => ({
    severity: "Error",
    location: { start, end },
    ...(code !== undefined && { code }),
    message,
  });

  test.each([
    [
      "SELECT ARRAY(SELECT VALUE t FROM t IN c.tags ORDER BY t.a ASC, t.b DESC) FROM c",
      [finding("SC2202", "'ORDER BY' is not supported in subqueries.", 45, 71)],
    ],
    [
      "SELECT * FROM c WHERE EXISTS(SELECT TOP 10 VALUE t FROM t IN c.tags)",
      [finding("SC2203", "'TOP' is not supported in subqueries.", 36, 42)],
    ],
    [
      "SELECT * FROM (SELECT TOP 1 * FROM c ORDER BY c.a OFFSET 0 LIMIT 2) AS s",
      [
        finding("SC2202", "'ORDER BY' is not supported in subqueries.", 37, 49),
        finding("SC2203", "'TOP' is not supported in subqueries.", 22, 27),
        finding(undefined, "'OFFSET LIMIT' clause is not supported in subqueries.", 50, 66),
      ],
    ],
  ])("%s", (text, errors) => {
    expect(JSON.parse(failureOf(text).message)).toEqual({ errors });
  });

  test("is not what fails where the text does not parse", () => {
    expect(failureOf("SELECT (SELECT TOP 1 VALUE 1) FROM")).toBeInstanceOf(QuerySyntaxError);
  });

  test("stays allowed around them", () => {
    const query = parseQuery("SELECT TOP 1 (SELECT VALUE 1) AS one FROM c ORDER BY c.a OFFSET 0 LIMIT 2");
    expect(query).toMatchObject({ orderBy: [{}], offsetLimit: {}, select: { top: { value: 1 } } });
  });
});

describe("large queries", () => {
  test("parses a list of ten thousand and a chain of ten thousand", () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => index);
    const list = parseQuery(`SELECT * FROM c WHERE c.id IN (${numbers.join(",")})`);
    expect(list.where).toMatchObject({ kind: "in", candidates: { length: 10_000 } });
    const chain = parseQuery(
      `SELECT * FROM c WHERE ${numbers.map((number) => `c.id=${number}`).join(" OR ")}`,
    );
    expect(chain.where).toMatchObject({ kind: "logical", operands: { length: 10_000 } });
    expect(printQuery(parseQuery(printQuery(chain)))).toBe(printQuery(chain));
  });
});
