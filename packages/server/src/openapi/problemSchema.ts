import { reasons } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";

const fields = z
  .array(
    z.object({
      path: z.string().describe("Where it is: data.size, tags.0; empty for the input as a whole"),
      message: z.string(),
    }),
  )
  .describe("Each field of the input that is wrong");

/** What went wrong with one of many items. */
export const failureSchema = z.object({
  message: z.string(),
  reason: z.enum(reasons).optional().describe("Why, for a program to branch on"),
  fields: fields.optional(),
  currentEtag: z.string().optional().describe("The etag that would have matched, when it is known"),
  retryAfterMs: z.number().optional().describe("How long to wait before trying again, in milliseconds"),
});

/** A problem document (RFC 9457). */
export const problemSchema = failureSchema.omit({ message: true }).extend({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().optional(),
});
