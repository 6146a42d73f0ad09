import { serve } from "@hono/node-server";
import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { z } from "zod";
import { getItem, item, itemKey, port, upsertItem } from "./plainItems.ts";

const app = new Hono()
  .get(
    "/items/:id",
    zValidator("param", itemKey.pick({ id: true })),
    zValidator("query", z.object({ pk: z.string().optional() })),
    async (c) => c.json(await getItem({ ...c.req.valid("param"), ...c.req.valid("query") })),
  )
  .post("/items", zValidator("json", item), async (c) => c.json(await upsertItem(c.req.valid("json"))));

serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
