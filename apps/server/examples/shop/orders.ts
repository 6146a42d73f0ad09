import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";

/** Orders of a shop with many tenants: each customer's lie together, and each tenant's are found together. */
export const orders = defineContainer({
  id: "orders",
  partitionKey: ["/tenant", "/customer"],
  schema: z.strictObject({
    id: z.string().describe("The order's number"),
    tenant: z.string().min(1).describe("Whose shop it is"),
    customer: z.int().positive().describe("The customer's number"),
    total: z.number().min(0, "must not be negative").describe("The sum, in the tenant's currency"),
    lines: z
      .array(z.strictObject({ sku: z.string(), count: z.int().positive() }))
      .describe("What was ordered"),
  }),
  queries: [{ where: ["total"], orderBy: [["total", "desc"]] }],
});
