import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { createApi, entity, entityRouter, type RequestStores } from "@cosmos-trpc/server";
import { initTRPC } from "@trpc/server";
import { z } from "zod";

const notes = defineContainer({
  id: "notes",
  partitionKey: "/author",
  schema: z.strictObject({ id: z.string(), author: z.string(), text: z.string() }),
});

// 1. The entity.
const entities = { notes: entity(notes) };

// What the team has already: a context, an error formatter and procedures of its own. 2. Its context gets the stores.
const t = initTRPC
  .context<{ readonly user: string; readonly stores: RequestStores<typeof entities> }>()
  .create({ errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, team: "notes" } }) });

const greet = t.procedure.query(({ ctx }) => `Hello ${ctx.user}!`);

const counted = t.procedure.use(({ ctx, next, path }) => {
  calls.set(path, (calls.get(path) ?? 0) + 1);
  return next({ ctx: { user: ctx.user.toUpperCase() } });
});

/** How often each procedure with the team's middleware was called. */
export const calls = new Map<string, number>();

export const teamRouter = t.router({
  greet,
  // 3. Its procedures, on whichever procedure of the team's they are to be built.
  notes: entityRouter(counted, entities.notes),
});

export const userOf = ({
  authorization = "nobody",
}: {
  readonly authorization?: string | undefined;
}): string => authorization;

/** Where the team has no server yet, or wants plain HTTP and OpenAPI as well. */
export const api = createApi({
  title: "Notes",
  entities,
  router: teamRouter,
  createContext: ({ headers, stores }) => ({ user: userOf(headers), stores }),
});
