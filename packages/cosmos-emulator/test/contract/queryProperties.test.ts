import { randomUUID } from "node:crypto";
import type { Container } from "@azure/cosmos";
import { printQuery, type Query } from "@cosmos-trpc/cosmos-sql";
import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryItem, arbitraryQuery } from "../../../cosmos-sql/test/arbitraryQuery.ts";
import { interpret } from "../../../cosmos-sql/test/naiveInterpreter.ts";
import { keyHeader, openAccount } from "./account.ts";
import { firstRange, readPages } from "./queryPages.ts";

const account = await openAccount();

const names = ["a", "b", "n", "s", "t"];

/** A composite index for every ORDER BY with two keys that the generator makes. */
const compositeIndexes = names.flatMap((first) =>
  names.flatMap((second) =>
    (["ascending", "descending"] as const).map((order) => [
      { path: `/${first}`, order: "ascending" as const },
      { path: `/${second}`, order },
    ]),
  ),
);

async function fill(items: readonly JsonObject[]): Promise<{ container: Container; stored: JsonObject[] }> {
  const container = await account.newContainer("/pk", { indexingPolicy: { compositeIndexes } });
  const stored: JsonObject[] = [];
  for (const item of items) {
    const { resource } = await container.items.create<JsonObject>({ ...item, id: randomUUID(), pk: "p" });
    if (resource === undefined) throw new Error("The create answered nothing.");
    stored.push(resource);
  }
  return { container, stored };
}

/**
 * The naive rows. The service documents no order of rows that ORDER BY leaves equal; the emulator walks the index, so
 * that where a key is descending the newest come first.
 */
function expectedRows(query: Query, items: readonly JsonObject[]): Json[] {
  const isTurned =
    !query.select.distinct && query.orderBy?.some(({ direction }) => direction === "DESC") === true;
  return interpret(query, isTurned ? items.toReversed() : items);
}

const text = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row));

/** ORDER BY the same path twice needs a composite index that cannot be. */
const isServed = ({ orderBy = [] }: Query): boolean =>
  new Set(orderBy.map(({ expression }) => (expression.kind === "member" ? expression.property : ""))).size ===
  orderBy.length;

test("random queries over random documents, in pages of any size, give the naive full scan's rows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryItem, { minLength: 1, maxLength: 10 }),
      fc.array(fc.tuple(arbitraryQuery().filter(isServed), fc.integer({ min: 1, max: 6 })), {
        minLength: 12,
        maxLength: 12,
      }),
      async (items, queries) => {
        const { container, stored } = await fill(items);
        for (const [query, size] of queries) {
          const request = { text: printQuery(query) };
          const expected = text(expectedRows(query, stored));
          for (const headers of [firstRange, keyHeader("p")]) {
            const rows = await readPages(account, container, { ...request, headers }, size);
            expect(text(rows), `${request.text} ${JSON.stringify(headers)}`).toEqual(expected);
          }
        }
        await container.delete();
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
