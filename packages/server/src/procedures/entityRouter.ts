import type { ItemBase, Ordering } from "@cosmos-trpc/cosmos-core";
import type { TRPCRouterRecord } from "@trpc/server";
import type { Entity } from "../entity/entity.ts";
import { getAnswers } from "../entity/getAnswers.ts";
import { writeBulk } from "../entity/writeBulk.ts";
import { spend } from "../request/context.ts";
import { watchEntity } from "../watch/watchEntity.ts";
import { procedure } from "./trpc.ts";

/** The procedures of an entity: schemas validate, its store does the work, the error map translates. */
export function entityRouter<
  Item extends ItemBase,
  Input,
  Key extends { readonly id: string },
  KeyInput,
  Area,
  Order extends Ordering,
>(entity: Entity<Item, Input, Key, KeyInput, Area, Order>) {
  const { definition } = entity;
  return {
    /** Point read of one item. */
    get: procedure.input(entity.named).query(async ({ ctx, input: { subject }, signal }) => {
      const { item } = await spend(ctx, definition, (store) => store.get(subject, { signal }));
      return item;
    }),

    /** Point reads of up to 1,000 items: an answer for each key, in their order. */
    getMany: procedure
      .input(entity.keys)
      .query(async ({ ctx, input, signal }) => getAnswers(ctx, definition, input, signal)),

    /** Writes an item that is not there. */
    create: procedure.input(entity.created).mutation(async ({ ctx, input: { subject }, signal }) => {
      const { item } = await spend(ctx, definition, (store) => store.create(subject, { signal }));
      return item;
    }),

    /** Writes one item, whether it is there or not; with `ifMatch` only over that version. */
    upsert: procedure.input(entity.written).mutation(async ({ ctx, input: { subject, options }, signal }) => {
      const { item } = await spend(ctx, definition, (store) => store.upsert(subject, { ...options, signal }));
      return item;
    }),

    /** Writes over an item that is there; with `ifMatch` only over that version. */
    replace: procedure
      .input(entity.written)
      .mutation(async ({ ctx, input: { subject, options }, signal }) => {
        const { item } = await spend(ctx, definition, (store) =>
          store.replace(subject, { ...options, signal }),
        );
        return item;
      }),

    /** Changes parts of an item; with `ifMatch` or `where` only where these hold. */
    patch: procedure.input(entity.patched).mutation(async ({ ctx, input: { subject, options }, signal }) => {
      const { patch, ...conditions } = options;
      const { item } = await spend(ctx, definition, (store) =>
        store.patch(subject, patch, { ...conditions, signal }),
      );
      return item;
    }),

    /** Deletes an item; with `ifMatch` only that version. */
    delete: procedure.input(entity.deleted).mutation(async ({ ctx, input: { subject, options }, signal }) => {
      await spend(ctx, definition, (store) => store.delete(subject, { ...options, signal }));
    }),

    /** A page of items, by filters and in an order that an index serves. */
    list: procedure
      .input(entity.listed)
      .query(async ({ ctx, input, signal }) =>
        spend(ctx, definition, (store) => store.list(input, { signal })),
      ),

    /** Upserts up to 1,000 items: an outcome for each, in their order, with its new etag. */
    bulk: procedure
      .input(entity.bulk)
      .mutation(async ({ ctx, input, signal }) => writeBulk(ctx, definition, input.items, signal)),

    /**
     * Live changes. Each event's id is a cursor of the change feed: with the last one that it has received a client goes
     * on at any instance and misses nothing. Deletes are not in it.
     */
    watch: procedure
      .input(entity.watched)
      .subscription(({ ctx, input, signal }) => watchEntity(ctx, definition, input, signal)),
  } satisfies TRPCRouterRecord;
}
