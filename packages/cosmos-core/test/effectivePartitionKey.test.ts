import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { effectivePartitionKey } from "../src/effectivePartitionKey.ts";

interface SdkHash {
  hashV2PartitionKey(partitionKey: readonly string[]): string;
}

test("a partition key lies where the SDK says that it does", async () => {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve("@azure/cosmos"));
  const sdk = (await import(/* @vite-ignore */ new URL("../esm/utils/hashing/v2.js", entry).href)) as SdkHash;
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (pk) => {
      expect(effectivePartitionKey(pk)).toBe(sdk.hashV2PartitionKey([pk]));
    }),
    { numRuns: 1_000 },
  );
});
