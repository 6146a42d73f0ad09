import { z } from "zod";
import { defineContainer } from "../src/index.ts";

/** A second entity for tests: a hierarchical key, declared queries, nested fields. */
export const orders = defineContainer({
  id: "orders",
  partitionKey: ["/tenant", "/customer"],
  schema: z.strictObject({
    id: z.string().min(1),
    tenant: z.string(),
    customer: z.number(),
    status: z.enum(["open", "paid", "sent"]),
    total: z.number().min(0),
    note: z.string().nullable().optional(),
    address: z.object({ city: z.string(), zip: z.string().optional() }).optional(),
    lines: z.array(z.strictObject({ sku: z.string(), count: z.int() })).default([]),
    ttl: z.int().optional(),
  }),
  ttl: -1,
  queries: [
    {
      where: ["status", "address.city", "lines"],
      orderBy: [
        ["status", "asc"],
        ["_ts", "desc"],
      ],
    },
    { orderBy: [["total", "desc"]] },
    { orderBy: [["note", "asc"]] },
    {
      orderBy: [
        ["status", "asc"],
        ["total", "desc"],
        ["id", "asc"],
      ],
    },
  ],
});
