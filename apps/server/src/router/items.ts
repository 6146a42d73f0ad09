import { itemFields, itemKey, withPartitionKey } from "@cosmos-trpc/cosmos-core/schema";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { charged } from "../context.ts";
import { procedure } from "../trpc.ts";

/** It travels in a header: what could not is no etag. The service's etags have 38 characters with their quotes. */
const ifMatch = z
  .string()
  .min(1, "must not be empty")
  .regex(/^[\x21-\x7e]{0,256}$/, "is no etag")
  .describe("Write only over the version of this etag");

/** An item to write, with the version to write over. */
const upsertInput = z
  .strictObject({ ...itemFields, ifMatch: ifMatch.optional() })
  .transform(withPartitionKey);

export const itemsRouter = {
  /** Point read of one item. */
  get: procedure.input(itemKey).query(async ({ ctx, input, signal }) => {
    const store = await ctx.items();
    return charged(ctx, await store.get(input, { signal }));
  }),

  /** Writes one item, whether it is there or not; with `ifMatch` only over that version. */
  upsert: procedure.input(upsertInput).mutation(async ({ ctx, input: { ifMatch, ...item }, signal }) => {
    const store = await ctx.items();
    return charged(ctx, await store.upsert(item, { ifMatch, signal }));
  }),
} satisfies TRPCRouterRecord;
