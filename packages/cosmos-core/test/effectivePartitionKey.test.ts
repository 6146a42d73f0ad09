import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { effectivePartitionKey } from "../src/sdk/effectivePartitionKey.ts";

type Hash = (partitionKey: readonly unknown[]) => string;

const entry = pathToFileURL(createRequire(import.meta.url).resolve("@azure/cosmos"));
const sdkHash = async (file: string, name: string): Promise<Hash> =>
  (await import(/* @vite-ignore */ new URL(`../esm/utils/hashing/${file}`, entry).href))[name];

const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

test("a partition key lies where the SDK says that it does", async () => {
  const hash = await sdkHash("v2.js", "hashV2PartitionKey");
  fc.assert(
    fc.property(value, (pk) => {
      expect(effectivePartitionKey(pk)).toBe(hash([pk]));
    }),
    { numRuns: 2_000 },
  );
});

test("a hierarchical partition key lies where the SDK says that it does", async () => {
  const hash = await sdkHash("multiHash.js", "hashMultiHashPartitionKey");
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (pk) => {
      expect(effectivePartitionKey(pk)).toBe(hash(pk));
    }),
    { numRuns: 2_000 },
  );
});
