import type { EntityTypes, ListResult, Stored } from "@cosmos-trpc/cosmos-core";
import {
  TRPCError,
  type TRPCProcedureBuilder,
  type TRPCRouterRecord,
  type TRPCUnsetMarker,
} from "@trpc/server";
import { translateFailure } from "../errors.ts";
import { requestScope, type StoresOfRequest } from "../request/requestContext.ts";
import { requestStore, type StoreOfRequest } from "../request/requestStore.ts";
import { watchEntity } from "../watch/watchEntity.ts";
import type { AnyEntity, Entities, Entity } from "./entity.ts";
import { entityInputs } from "./entityInputs.ts";
import { type Outcome, refusal, writeBulk } from "./outcomes.ts";

/** What the context of a request has to have for the procedures of entities: `stores`, as a listener hands them out. */
export interface EntityContext {
  readonly stores: StoresOfRequest;
}

/** A page of a list, as callers see it. */
export interface ListAnswer<Item> extends Omit<ListResult<Item>, "unfit"> {
  /**
   * How many documents of the page do not fit the schema, when there are any: they are not among the items. The server's
   * log says which.
   */
  readonly unfit?: number;
}

/** A procedure of a tRPC instance, with or without middleware, that has no input yet. */
type BaseProcedure<Context, Meta, Overrides> = TRPCProcedureBuilder<
  Context,
  Meta,
  Overrides,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false
>;

/** What stands beside a procedure whose context lacks something. */
type NeedsStores<Context, Overrides> = Omit<Context, keyof Overrides> & Overrides extends EntityContext
  ? unknown
  : {
      readonly context: "The procedure's context needs `stores`: take it over from what createContext is given.";
    };

/**
 * The procedures of an entity, on a procedure of any tRPC instance, its middleware, context and error formatter
 * included. The context needs `stores`, which {@link createListener} and {@link openStores} hand out.
 *
 * @param procedure what each of them is built on
 * @example
 * const t = initTRPC.context<{ user: User; stores: RequestStores<typeof entities> }>().create();
 * export const appRouter = t.router({ greet, orders: entityRouter(t.procedure, entities.orders) });
 */
export function entityRouter<Types extends EntityTypes, Context, Meta, Overrides>(
  procedure: BaseProcedure<Context, Meta, Overrides> & NeedsStores<Context, Overrides>,
  entity: Entity<Types>,
) {
  const base = (procedure as unknown as BaseProcedure<EntityContext, Meta, object>).use(
    async ({ getRawInput, next }) => {
      const input = await getRawInput();
      if (!(input instanceof FormData || input instanceof ReadableStream)) return next();
      throw new TRPCError({
        code: "UNSUPPORTED_MEDIA_TYPE",
        message: "The procedures of an entity take JSON: send it as application/json.",
      });
    },
  ) as unknown as BaseProcedure<EntityContext, Meta, object>;
  const inputs = entityInputs(entity);
  const { definition } = entity;
  type Item = Stored<Types["item"]>;

  /** Lets the entity's store do something for a request. @throws TRPCError */
  async function using<Result>(
    { stores }: EntityContext,
    work: (store: StoreOfRequest<Types>) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(requestStore<Types>(stores[requestScope], definition));
    } catch (error) {
      throw translateFailure(error);
    }
  }

  const item = (found: { readonly item: Item }): Item => found.item;

  return {
    /** Point read of one item. */
    get: base.input(inputs.key).query(({ ctx, input }) => using(ctx, (store) => store.get(input).then(item))),

    /** Point reads of up to 1,000 items: an answer for each key, in their order. */
    getMany: base
      .input(inputs.getMany)
      .query(({ ctx, input }) =>
        using(ctx, async (store) =>
          (await store.getMany(input)).map(
            ({ item, error, requestCharge }): Outcome<{ readonly item: Item }> =>
              error === undefined ? { ok: true, item, requestCharge } : refusal(error, requestCharge),
          ),
        ),
      ),

    /** Writes an item that is not there. */
    create: base
      .input(inputs.item)
      .mutation(({ ctx, input }) => using(ctx, (store) => store.create(input).then(item))),

    /** Writes one item, whether it is there or not; with `ifMatch` only over that version. */
    upsert: base
      .input(inputs.write)
      .mutation(({ ctx, input }) => using(ctx, (store) => store.upsert(...input).then(item))),

    /** Writes over an item that is there; with `ifMatch` only over that version. */
    replace: base
      .input(inputs.write)
      .mutation(({ ctx, input }) => using(ctx, (store) => store.replace(...input).then(item))),

    /** Changes parts of an item; with `ifMatch` or `where` only where these hold. */
    patch: base
      .input(inputs.patch)
      .mutation(({ ctx, input }) => using(ctx, (store) => store.patch(...input).then(item))),

    /** Deletes an item; with `ifMatch` only that version. */
    delete: base.input(inputs.delete).mutation(({ ctx, input }) =>
      using(ctx, async (store) => {
        await store.delete(...input);
      }),
    ),

    /** A page of items, by filters and in an order that an index serves. */
    list: base.input(inputs.list).query(({ ctx, input }) =>
      using(ctx, async (store): Promise<ListAnswer<Types["item"]>> => {
        const { unfit, ...page } = await store.list(input);
        return unfit === undefined ? page : { ...page, unfit: unfit.length };
      }),
    ),

    /** Upserts up to 1,000 items: an outcome for each, in their order, with its new etag. */
    bulk: base
      .input(inputs.bulk)
      .mutation(({ ctx, input }) => using(ctx, (store) => writeBulk<Types>(store, input.items))),

    /**
     * Live changes. Each event's id is a cursor of the change feed: with the last one that it has received a client goes
     * on at any instance and misses nothing. Deletes are not in it.
     */
    watch: base
      .input(inputs.watch)
      .subscription(({ ctx, input, signal }) =>
        watchEntity<Types>(ctx.stores[requestScope], definition, input, signal),
      ),
  } satisfies TRPCRouterRecord;
}

/** The procedures of some entities, each entity's under its name. */
type EntityRouters<Served extends Entities, Meta> = {
  [Name in keyof Served]: Served[Name] extends Entity<infer Types>
    ? ReturnType<typeof entityRouter<Types, EntityContext, Meta, object>>
    : never;
};

/**
 * {@link entityRouter} for all of one's entities.
 *
 * @example
 * export const appRouter = router({ ...entityRouters(procedure, entities), greet });
 */
export function entityRouters<const Served extends Entities, Context, Meta, Overrides>(
  procedure: BaseProcedure<Context, Meta, Overrides> & NeedsStores<Context, Overrides>,
  entities: Served,
): EntityRouters<Served, Meta> {
  const routers = Object.entries(entities).map(([name, entity]) => [
    name,
    entityRouter(procedure as never, entity as AnyEntity),
  ]);
  return Object.fromEntries(routers) as EntityRouters<Served, Meta>;
}
