import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type Container, CosmosClient } from "@azure/cosmos";
import { startEmulator } from "../../src/index.ts";

/** A client that signs with the key, and what it takes to let go of it. */
export function openClient(
  endpoint: string,
  caFile: string,
  key: string,
): { client: CosmosClient; close(): void } {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
  const client = new CosmosClient({ endpoint, key, agent });
  return {
    client,
    close() {
      client.dispose();
      agent.destroy();
    },
  };
}

/** The container that these tests write to, made when it is missing. */
export async function testContainer(client: CosmosClient): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: "kept" });
  const { container } = await database.containers.createIfNotExists({ id: "items", partitionKey: "/pk" });
  return container;
}

/** Fills a data folder with documents of 1 KB, and closes it. */
export async function fillFolder(folder: string, documents: number): Promise<void> {
  const emulator = await startEmulator({ dataDir: folder });
  const { client, close } = openClient(emulator.endpoint, emulator.caFile, emulator.key);
  const container = await testContainer(client);
  const text = "x".repeat(1000);
  await Promise.all(
    Array.from({ length: documents }, (_, n) =>
      container.items.create({ id: `item-${n}`, pk: `pk-${n % 7}`, text }),
    ),
  );
  close();
  await emulator.close();
}
