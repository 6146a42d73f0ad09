import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { codePoint } from "../../../../vitest.codePoint.ts";
import { effectivePartitionKey } from "../../src/partitionKey/effectivePartitionKey.ts";
import type { PartitionKeyDefinition, PartitionKeyValue } from "../../src/partitionKey/partitionKey.ts";

interface SdkHashing {
  hashPartitionKey(values: readonly unknown[], definition: PartitionKeyDefinition): string;
}

// The SDK does not export its hashing: the file is imported by its place in the package.
const sdkFolder = dirname(createRequire(import.meta.url).resolve("@azure/cosmos/package.json"));
const { hashPartitionKey } = (await import(
  pathToFileURL(join(sdkFolder, "dist", "esm", "utils", "hashing", "hash.js")).href
)) as SdkHashing;

const v1: PartitionKeyDefinition = { paths: ["/a"], kind: "Hash", version: 1 };
const v2: PartitionKeyDefinition = { paths: ["/a"], kind: "Hash", version: 2 };
const multi: PartitionKeyDefinition = { paths: ["/a", "/b", "/c"], kind: "MultiHash", version: 2 };

const value: fc.Arbitrary<PartitionKeyValue> = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: codePoint, maxLength: 300 }),
  fc.string({ unit: fc.constantFrom("ü", "\u007f", "数", "😀", "\0"), maxLength: 300 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
);

const examples: PartitionKeyValue[] = [
  "",
  "a",
  "x".repeat(99),
  "x".repeat(100),
  "x".repeat(101),
  "x".repeat(2048),
  `${"x".repeat(99)}😀`,
  "\ud800",
  0,
  -0,
  1,
  -1,
  0.1,
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  true,
  false,
  null,
  undefined,
];

it.each([
  ["version 1", v1],
  ["version 2", v2],
] as const)("hashes as the SDK does, in %s", (_, definition) => {
  fc.assert(
    fc.property(value, (one) => {
      expect(effectivePartitionKey([one], definition)).toBe(hashPartitionKey([one], definition));
    }),
    { numRuns: 1000, examples: examples.map((one) => [one]) },
  );
});

it("hashes hierarchical keys as the SDK does", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
      expect(effectivePartitionKey(values, multi)).toBe(hashPartitionKey(values, multi));
    }),
    { numRuns: 500 },
  );
});

it("puts the keys under a prefix of a hierarchical key under the prefix's hash", () => {
  fc.assert(
    fc.property(value, value, value, (one, two, three) => {
      const whole = effectivePartitionKey([one, two, three], multi);
      expect(whole.startsWith(effectivePartitionKey([one, two], multi))).toBe(true);
      expect(whole.startsWith(effectivePartitionKey([one], multi))).toBe(true);
    }),
  );
});

it("stays below FF, where the last partition key range ends", () => {
  fc.assert(
    fc.property(value, (one) => {
      for (const definition of [v1, v2]) expect(effectivePartitionKey([one], definition) < "FF").toBe(true);
    }),
  );
});
