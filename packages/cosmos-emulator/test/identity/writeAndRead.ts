// A process of its own, as an application is: it takes everything from the environment.
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { CosmosClient } from "@azure/cosmos";
import { DefaultAzureCredential } from "@azure/identity";

const agent = new Agent({ ca: readFileSync(process.env["COSMOS_CA_FILE"] ?? "") });
const aadCredentials = new DefaultAzureCredential();
const client = new CosmosClient({ endpoint: process.env["COSMOS_ENDPOINT"] ?? "", aadCredentials, agent });
const container = client.database("db").container("c");
const id = `from-child-${process.pid}`;
await container.items.upsert({ id, pk: "p", by: "token" });
const { resource, statusCode } = await container.item(id, "p").read<{ by: string }>();
process.stdout.write(JSON.stringify({ statusCode, by: resource?.by }));
client.dispose();
agent.destroy();
