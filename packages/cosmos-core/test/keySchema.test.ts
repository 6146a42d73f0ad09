import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  defineContainer,
  items,
  keySchema,
  partitionKeyPrefixFilter,
  partitionKeyPrefixSchema,
} from "../src/index.ts";
import { orders } from "./orders.ts";

test("a key is the id and the partition key's fields, and nothing else", () => {
  const key = keySchema(orders);
  expectTypeOf<z.output<typeof key>>().toEqualTypeOf<
    { readonly id: string } & { readonly tenant: string } & { readonly customer: number }
  >();
  expect(key.parse({ id: "o1", tenant: "t", customer: 1 })).toEqual({ id: "o1", tenant: "t", customer: 1 });
  const wrong = key.safeParse({ id: "", customer: "1", status: "open" });
  expect(wrong.error?.issues.flatMap((issue) => ("keys" in issue ? issue.keys : issue.path)).sort()).toEqual([
    "customer",
    "id",
    "status",
    "tenant",
  ]);
});

test("a key whose field lies deeper has it there", () => {
  const nested = defineContainer({
    id: "nested",
    partitionKey: ["/place/country", "/place/city"],
    schema: z.strictObject({ id: z.string(), place: z.object({ country: z.string(), city: z.string() }) }),
  });
  const key = keySchema(nested);
  const given = { id: "a", place: { country: "SE", city: "Umeå" } };
  expect(key.parse(given)).toEqual(given);
  expect(key.safeParse({ id: "a", place: { country: "SE" } }).error?.issues[0]?.path).toEqual([
    "place",
    "city",
  ]);
});

test("a prefix is the first fields of a partition key, and tells which items are of it", () => {
  const prefix = partitionKeyPrefixSchema(orders);
  for (const wrong of [{ customer: 1 }, {}, "t", { tenant: ["t"] }])
    expect(prefix.safeParse(wrong).success).toBe(false);
  const given = prefix.parse({ tenant: "t" });
  const isOf = partitionKeyPrefixFilter(orders, given);
  const at = (tenant: string) => ({ id: "o", tenant, customer: 1 });
  expect([isOf(at("t")), isOf(at("u"))]).toEqual([true, false]);
  expect(partitionKeyPrefixSchema(items).safeParse({ pk: "a" }).success).toBe(false);
  expect(partitionKeyPrefixFilter(items, undefined)(at("t"))).toBe(true);
});
