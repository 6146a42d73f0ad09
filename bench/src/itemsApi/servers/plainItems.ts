import { CosmosClient } from "@azure/cosmos";
import { DefaultAzureCredential } from "@azure/identity";
import { z } from "zod";

/** What the peers share: the SDK as its documentation shows it, and a schema. */
const client = new CosmosClient({
  endpoint: process.env["COSMOS_ENDPOINT"] ?? "",
  aadCredentials: new DefaultAzureCredential(),
});
const container = client.database("appdb").container("items");

export const itemKey = z.object({ id: z.string().min(1).max(255), pk: z.string().optional() });

export const item = itemKey.extend({
  name: z.string().default("unnamed"),
  tags: z.array(z.string()).optional(),
  data: z.record(z.string(), z.json()).optional(),
});

export async function getItem({ id, pk = id }: z.output<typeof itemKey>) {
  const { resource } = await container.item(id, pk).read();
  return item.parse(resource);
}

export async function upsertItem({ id, pk = id, ...rest }: z.output<typeof item>) {
  const { resource } = await container.items.upsert({ id, pk, ...rest });
  return item.parse(resource);
}

export const port = Number(process.env["PORT"]);
