import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { createApi, createManifest, entity, entityRouters, initApi, serve } from "@cosmos-trpc/server";
import { z } from "zod";
import { orders } from "./orders.ts";

// What the command line is tried on: items, orders with a hierarchical partition key, and procedures of its own.

const entities = { items: entity(items, { key: itemKey }), orders: entity(orders) };

const { router, procedure, createContext } = initApi({ entities });

/** Procedures that answer with their inputs, of each form that a command line takes apart. */
const echo = router({
  options: procedure
    .input(
      z.object({
        someText: z.string().describe("Any text"),
        size: z.enum(["small", "large"]).default("small"),
        count: z.int().optional(),
        isDry: z.boolean().optional(),
        labels: z.array(z.string()).optional(),
        codes: z.union([z.number(), z.string()]).optional(),
        url: z.string().nullable().optional(),
        shape: z.object({ w: z.number() }).optional(),
      }),
    )
    .query(({ input }) => input),
  scalar: procedure.input(z.number()).query(({ input }) => input * 2),
  list: procedure.input(z.array(z.number())).query(({ input }) => input),
  tuple: procedure
    .input(
      z.tuple([z.string().meta({ title: "from" }), z.number(), z.object({ isDry: z.boolean().optional() })]),
    )
    .query(({ input }) => ({ input })),
  record: procedure.input(z.record(z.string(), z.number())).query(({ input }) => input),
  nothing: procedure.query(() => "nothing was asked"),
});

const appRouter = router({
  ...entityRouters(procedure, entities),
  transfers: router({
    make: procedure
      .meta({
        openapi: {
          method: "POST",
          path: "/api/transfers",
          description: "Moves stock from one item to another",
        },
      })
      .input(z.object({ from: z.string(), to: z.string(), amount: z.int().positive() }))
      .mutation(async ({ input: { from, to, amount }, ctx: { stores } }) => {
        const add = (id: string, count: number) =>
          stores.items.patch({ id, pk: id }, { increment: { "data.stock": count } });
        await add(from, -amount);
        await add(to, amount);
        return { from, to, amount };
      }),
  }),
  echo,
  count: procedure.input(z.object({ to: z.int() })).subscription(async function* ({ input }) {
    for (let n = 1; n <= input.to; n += 1) yield { n };
  }),
});

export type AppRouter = typeof appRouter;

const api = createApi({
  title: "Example",
  description: "What tests call",
  entities,
  router: appRouter,
  createContext,
});

export const manifest = createManifest(api);

if (import.meta.main) await serve(api);
