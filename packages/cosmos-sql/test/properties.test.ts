import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { compileQuery } from "../src/evaluation/compileQuery.ts";
import { isArray, isObject, isScalar, type Json, type JsonObject, type Value } from "../src/json.ts";
import type { FilterPath, IndexableFilter } from "../src/plan/filter.ts";
import { indexableFilter } from "../src/plan/indexableFilter.ts";
import { planQuery } from "../src/plan/planQuery.ts";
import { filterPlaceholder } from "../src/plan/rewriteQuery.ts";
import { QueryError } from "../src/queryError.ts";
import { parseQuery } from "../src/syntax/parseQuery.ts";
import { printQuery } from "../src/syntax/printQuery.ts";
import { compareValues } from "../src/values/compareValues.ts";
import {
  arbitraryCondition,
  arbitraryItem,
  arbitraryQuery,
  plainStrings,
  wildStrings,
} from "./arbitraryQuery.ts";
import { mergePartitions } from "./mergePartitions.ts";
import { interpret } from "./naiveInterpreter.ts";
import { itemRows } from "./rows.ts";

const items = fc.array(arbitraryItem, { maxLength: 8 });

/** JSON has one zero; the evaluator need not tell them apart either. */
function comparable(rows: readonly Json[]): string[] {
  return rows.map((row) => JSON.stringify(row));
}

function withoutSpans(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) =>
      name === "span" ? 0 : part === undefined ? "\u0000undefined" : part,
    ),
  );
}

test("a query prints to a text that parses to the same query", () => {
  fc.assert(
    fc.property(arbitraryQuery(wildStrings), (query) => {
      expect(withoutSpans(parseQuery(printQuery(query)))).toEqual(withoutSpans(query));
    }),
    { numRuns: 500 },
  );
});

test("the compiled query and the naive interpreter give the same rows", () => {
  fc.assert(
    fc.property(arbitraryQuery(), items, (query, documents) => {
      const rows = [...compileQuery(parseQuery(printQuery(query))).run(documents)];
      expect(comparable(rows)).toEqual(comparable(interpret(query, documents)));
    }),
    { numRuns: 1000 },
  );
});

test("the filter for the index lets every item pass that WHERE accepts", () => {
  const documents = fc.array(arbitraryItem, { minLength: 5, maxLength: 10 });
  fc.assert(
    fc.property(arbitraryCondition(["c"], plainStrings, 2), documents, (where, candidates) => {
      const query = { ...parseQuery("SELECT VALUE 1 FROM c"), where };
      const compiled = compileQuery(query);
      const filter = indexableFilter(query);
      for (const item of candidates) {
        const isAccepted = itemRows(compiled, item).length > 0;
        expect(!isAccepted || accepts(filter, item), JSON.stringify([filter, item])).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

test("the plan's query, run by partition and merged as clients do, gives the same rows", () => {
  fc.assert(
    fc.property(arbitraryQuery(), fc.array(items, { minLength: 1, maxLength: 3 }), (query, partitions) => {
      const plan = planQuery(query, { partitioning: unusedKey });
      const { rewrittenQuery } = plan.queryInfo;
      const text = rewrittenQuery === "" ? printQuery(query) : rewrittenQuery;
      const compiled = compileQuery(parseQuery(text.replace(filterPlaceholder, "true")));
      const merged = mergePartitions(
        plan,
        partitions.map((documents) => [...compiled.run(documents)]),
      );
      const whole = [...compileQuery(query).run(partitions.flat())];
      expect(comparable(merged)).toEqual(comparable(whole));
    }),
    { numRuns: 600 },
  );
});

describe("paging with the pieces", () => {
  test("rows by item, ordered by keys, are the rows of the whole", () => {
    fc.assert(
      fc.property(arbitraryQuery(), items, (query, documents) => {
        const compiled = compileQuery(query);
        fc.pre(compiled.kind !== "grouped" && !compiled.distinct);
        const rows =
          compiled.kind === "stream"
            ? documents.flatMap((item) => itemRows(compiled, item))
            : documents
                .flatMap((item) => compiled.orderedRowsOf(item))
                .toSorted((left, right) => compiled.compareKeys(left.keys, right.keys))
                .map(({ row }) => row);
        const end = compiled.offset + Math.min(compiled.limit, rows.length);
        expect(comparable(rows.slice(compiled.offset, end))).toEqual(
          comparable([...compiled.run(documents)]),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("anything may be sent", () => {
  const words = fc.constantFrom(
    ..."SELECT,VALUE,*,FROM,c,c.a,WHERE,AND,OR,NOT,IN,(,),[,],{,},=,<,>>>,1,'x',\"y\",@p,ORDER BY,GROUP BY,OFFSET,LIMIT,TOP,JOIN,EXISTS,LIKE,ESCAPE,BETWEEN,?,:,??,||,-,--,.,udf.f,COUNT(1),undefined,'".split(
      ",",
    ),
    ",",
    "\u0000",
    "\ud800",
  );
  const mutated = fc
    .tuple(
      arbitraryQuery(wildStrings).map(printQuery),
      fc.nat(),
      fc.nat({ max: 20 }),
      fc.string({ unit: codePoint, maxLength: 5 }),
    )
    .map(([text, at, length, inserted]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + inserted + text.slice(position + length);
    });
  test.each<[string, fc.Arbitrary<string>]>([
    ["texts", fc.string({ unit: codePoint, maxLength: 200 })],
    ["words", fc.array(words, { maxLength: 30 }).map((list) => `SELECT ${list.join(" ")}`)],
    ["mutated queries", mutated],
  ])("%s parse, compile and run, or fail with a QueryError", (_what, texts) => {
    fc.assert(
      fc.property(texts, arbitraryItem, (text, item) => {
        try {
          const query = parseQuery(text);
          const parameters = [{ name: "@p", value: 1 }];
          indexableFilter(query, parameters);
          planQuery(query, { parameters, partitioning: unusedKey });
          return Array.isArray([...compileQuery(query, parameters).run([item])]);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          return true;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const unusedKey = { paths: ["/unused"], kind: "Hash", effectivePartitionKey: () => "AA" } as const;

/** The filter's meaning, on the terms that a scalar index has. */
function accepts(filter: IndexableFilter, item: JsonObject): boolean {
  switch (filter.kind) {
    case "all":
      return true;
    case "none":
      return false;
    case "and":
      return filter.filters.every((part) => accepts(part, item));
    case "or":
      return filter.filters.some((part) => accepts(part, item));
    case "defined":
      return valuesAt(item, filter.path).length > 0;
    default:
      return valuesAt(item, filter.path)
        .filter((value) => isScalar(value))
        .some((term) => matches(filter, term));
  }
}

function matches(filter: IndexableFilter, term: Json): boolean {
  switch (filter.kind) {
    case "equals":
      return term === filter.value;
    case "in":
      return filter.values.some((value) => value === term);
    case "type":
      return (term === null ? "null" : typeof term) === filter.type;
    case "prefix":
      return typeof term === "string" && term.startsWith(filter.prefix);
    case "range": {
      const { lower, upper } = filter;
      const above = lower === undefined ? 1 : compareValues(term, lower.value);
      const below = upper === undefined ? -1 : compareValues(term, upper.value);
      const isOfType = (term === null ? "null" : typeof term) === filter.type;
      return (
        isOfType &&
        (above > 0 || (above === 0 && lower?.inclusive === true)) &&
        (below < 0 || (below === 0 && upper?.inclusive === true))
      );
    }
    default:
      return false;
  }
}

function valuesAt(item: Value, path: FilterPath): Value[] {
  return path.reduce<Value[]>(
    (values, step) =>
      values.flatMap((value): Value[] => {
        if (step === 0) return isArray(value) ? [...value] : [];
        return isObject(value) && Object.hasOwn(value, step) ? [value[step]] : [];
      }),
    [item],
  );
}
