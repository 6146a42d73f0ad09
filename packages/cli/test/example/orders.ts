import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";

const name = z.string().min(1, "must not be empty").max(100, "is longer than 100 characters");

/** Orders of a shop with many tenants: each customer's lie together, and each tenant's are found together. */
export const orders = defineContainer({
  id: "orders",
  partitionKey: ["/tenant", "/customer"],
  schema: z.strictObject({
    id: z
      .string()
      .regex(/^[\w-]{1,100}$/, "has to be 1 to 100 letters, digits, - or _")
      .describe("The order's number"),
    tenant: name.describe("Whose shop it is"),
    customer: z.int().positive().describe("The customer's number"),
    status: z.enum(["open", "paid", "sent"]).default("open").describe("How far it is"),
    total: z.number().min(0, "must not be negative").describe("The sum, in the tenant's currency"),
    lines: z
      .array(z.strictObject({ sku: name, count: z.int().positive() }))
      .min(1, "needs one line at least")
      .describe("What was ordered"),
  }),
  queries: [
    {
      where: ["status", "total", "lines"],
      orderBy: [
        ["status", "asc"],
        ["total", "desc"],
      ],
    },
    { orderBy: [["total", "desc"]] },
  ],
});
