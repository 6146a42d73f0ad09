import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CosmosClient } from "@azure/cosmos";
import { DefaultAzureCredential } from "@azure/identity";

/**
 * What one writes by hand: the lines of a file as upserts of the SDK, so many at once.
 * Run: node sdkLoop.ts <file> <concurrency>
 */
const [, , file = "", concurrency = ""] = process.argv;
const { COSMOS_ENDPOINT: endpoint = "", COSMOS_DATABASE: database = "appdb" } = process.env;
const client = new CosmosClient({ endpoint, aadCredentials: new DefaultAzureCredential() });
const container = client.database(database).container("items");
const lines = createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();

async function upsertLines(): Promise<void> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) return;
    await container.items.upsert(JSON.parse(value) as object);
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, upsertLines));
client.dispose();
