/** How many routers and procedures the measured API has: 20 of 10. */
const routerCount = 20;

/** The procedures of each router, with an input for each. */
const calls = {
  get: ["query", '{ id: "1" }'],
  list: ["query", "{ limit: 10 }"],
  search: ["query", '{ text: "a", filter: { state: "open" } }'],
  history: ["query", '{ id: "1" }'],
  counts: ["query", ""],
  create: [
    "mutate",
    '{ title: "a", owner: { id: "1", email: "a@b.c" }, price: { amount: 1, currency: "EUR" } }',
  ],
  update: ["mutate", '{ id: "1", changes: { title: "b" } }'],
  remove: ["mutate", '{ id: "1" }'],
  comment: ["mutate", '{ id: "1", text: "a" }'],
  move: ["mutate", '{ id: "1", to: { folder: "b" } }'],
} as const satisfies Record<string, readonly ["query" | "mutate", string]>;

/** How many procedures the measured API has. */
export const procedureCount = routerCount * Object.keys(calls).length;

/** @returns the sources of a server by file name, as a team would write them: a file a router, schemas beside it */
export function serverSources(): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: routerCount }, (_, at) => at);
  const files: Record<string, string> = {
    "trpc.ts": `import { initTRPC, TRPCError } from "@trpc/server";

export interface Context {
  readonly user: { readonly id: string; readonly roles: readonly string[] } | undefined;
  readonly database: Map<string, unknown>;
}

const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, reason: error.cause === undefined ? ("internal" as const) : ("invalid" as const) },
  }),
});

export const router = t.router;
export const publicProcedure = t.procedure;
export const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user: ctx.user } });
});
`,
    "router.ts": `import { router } from "./trpc.ts";
${numbers.map((at) => `import { entity${at}Router } from "./entity${at}.ts";`).join("\n")}

export const appRouter = router({
${numbers.map((at) => `  entity${at}: entity${at}Router,`).join("\n")}
});

export type AppRouter = typeof appRouter;
`,
  };
  for (const at of numbers) files[`entity${at}.ts`] = entitySource(at);
  return files;
}

/** @returns a client that calls each procedure once and uses a field of what it gets */
export function consumerSource(routerModule: string): string {
  const lines = Array.from({ length: routerCount }, (_, at) =>
    Object.entries(calls).map(
      ([name, [verb, input]]) =>
        `export const ${name}${at} = await client.entity${at}.${name}.${verb}(${input.replaceAll("price", `price${at}`)});`,
    ),
  ).flat();
  return `import { createTRPCClient, httpBatchLink } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from ${JSON.stringify(routerModule)};

const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "http://localhost" })] });
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;
${lines.join("\n")}
${Array.from({ length: routerCount }, (_, at) => `get${at}.updatedAt satisfies string;`).join("\n")}
`;
}

function entitySource(at: number): string {
  return `import { z } from "zod";
import { protectedProcedure, publicProcedure, router } from "./trpc.ts";

const owner${at} = z.object({ id: z.string(), email: z.email(), name: z.string().optional() });
const event${at} = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("created"), at: z.date(), by: owner${at} }),
  z.object({ kind: z.literal("moved"), at: z.date(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal("commented"), at: z.date(), text: z.string() }),
]);

/** What entity ${at} is. */
export const entity${at} = z.object({
  id: z.string().describe("Names the entity."),
  title: z.string().min(1).max(200),
  state: z.enum(["open", "closed", "archived"]).default("open"),
  owner: owner${at},
  price${at}: z.object({ amount: z.number(), currency: z.enum(["EUR", "USD"]) }),
  tags: z.array(z.string()).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  updatedAt: z.date(),
});

const changes${at} = entity${at}.omit({ id: true, updatedAt: true }).partial();
const reference${at} = z.object({ id: z.string() });

function stored(): z.output<typeof entity${at}> {
  throw new Error("only its type is measured");
}

export const entity${at}Router = router({
  /** Reads one. */
  get: publicProcedure.input(reference${at}).query(() => stored()),
  list: publicProcedure
    .input(z.object({ cursor: z.string().optional(), limit: z.number().int().max(100).default(20) }))
    .query(() => ({ items: [stored()], next: undefined as string | undefined })),
  search: publicProcedure
    .input(z.object({ text: z.string(), filter: entity${at}.pick({ state: true, tags: true }).partial() }))
    .query(() => ({ hits: [{ score: 1, item: stored() }] })),
  history: protectedProcedure.input(reference${at}).output(z.array(event${at})).query(() => []),
  counts: publicProcedure.query(() => ({ open: 1, closed: 2, since: new Date() })),
  create: protectedProcedure
    .input(entity${at}.omit({ id: true, updatedAt: true }))
    .output(entity${at})
    .mutation(() => stored()),
  update: protectedProcedure
    .input(z.object({ id: z.string(), changes: changes${at} }))
    .mutation(() => ({ before: stored(), after: stored() })),
  remove: protectedProcedure.input(reference${at}).mutation(() => ({ removed: true as const })),
  comment: protectedProcedure
    .input(reference${at}.extend({ text: z.string() }))
    .mutation(({ input, ctx }) => ({ ...input, by: ctx.user.id, at: new Date() })),
  move: protectedProcedure
    .input(reference${at}.extend({ to: z.union([z.object({ folder: z.string() }), z.object({ entity: z.string() })]) }))
    .mutation(({ input }) => ({ moved: input, events: [] as z.output<typeof event${at}>[] })),
});
`;
}
