import { initTRPC } from "@trpc/server";
import { getItem, item, itemKey, upsertItem } from "./plainItems.ts";

const t = initTRPC.create({ isDev: false });

export const router = t.router({
  items: t.router({
    get: t.procedure.input(itemKey).query(({ input }) => getItem(input)),
    upsert: t.procedure.input(item).mutation(({ input }) => upsertItem(input)),
  }),
});
