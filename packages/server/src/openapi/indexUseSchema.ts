import type { IndexUse } from "@cosmos-trpc/cosmos-core";
import { z } from "zod";

const key = z.object({ path: z.string(), order: z.enum(["ascending", "descending"]) });

const indexes = z.object({
  single: z.array(z.string()).describe("Paths: /name/?"),
  composite: z.array(z.array(key)),
});

/** Which indexes a list used. */
export const indexUseSchema = z
  .object({
    used: indexes,
    potential: indexes.describe("Those that would help"),
    suggestedCompositeIndex: z
      .array(key)
      .exactOptional()
      .describe("The composite index that would help most, as an indexing policy has it"),
  })
  .describe("Which indexes the query used, and which would help") satisfies z.ZodType<IndexUse>;
