import type { OperationInput } from "@azure/cosmos";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { startEmulatorProcess, temporaryFolder } from "../childProcess.ts";
import { openClient, testContainer } from "../command/fillFolder.ts";
import { wellKnownKey } from "../masterKey.ts";

const batches = 400;
const writers = 8;
const perBatch = 10;
const pk = "p";

const idsOf = (batch: number): string[] => Array.from({ length: perBatch }, (_, n) => `b${batch}-${n}`);

/** Every batch makes documents of its own, counts itself in a shared one, and takes away a document of its making. */
const operationsOf = (batch: number): OperationInput[] => [
  { operationType: "Create", resourceBody: { id: `passing-${batch}`, pk } },
  ...idsOf(batch).map(
    (id): OperationInput => ({ operationType: "Create", resourceBody: { id, pk, text: "x".repeat(300) } }),
  ),
  {
    operationType: "Patch",
    id: "counter",
    resourceBody: { operations: [{ op: "incr", path: "/n", value: 1 }] },
  },
  { operationType: "Delete", id: `passing-${batch}` },
];

it("has all or nothing of every batch after kill -9 in the middle of many", async () => {
  const folder = temporaryFolder();
  const first = await startEmulatorProcess(folder);
  const { client, close } = openClient(first.endpoint, first.env["COSMOS_CA_FILE"] ?? "", wellKnownKey);
  const container = await testContainer(client);
  await container.items.create({ id: "counter", pk, n: 0 });
  const killAfter = 20 + Math.floor(Math.random() * 150);
  const acknowledged = new Set<number>();
  let next = 0;
  async function write(): Promise<void> {
    while (next < batches && !first.child.killed) {
      const batch = next;
      next += 1;
      const { code } = await container.items.batch(operationsOf(batch), pk);
      if (code === 200) acknowledged.add(batch);
      if (acknowledged.size === killAfter) first.child.kill("SIGKILL");
    }
  }
  const writing = Promise.allSettled(Array.from({ length: writers }, write));
  await Promise.race([writing, first.exit]);
  expect((await first.exit).signal).toBe("SIGKILL");
  const heard = new Set(acknowledged);
  close();
  expect(heard.size).toBeGreaterThanOrEqual(killAfter);

  const second = await startEmulator({ dataDir: folder });
  const again = openClient(second.endpoint, second.caFile, second.key);
  const reopened = await testContainer(again.client);
  let whole = 0;
  for (let batch = 0; batch < next; batch += 1) {
    const reads = [...idsOf(batch), `passing-${batch}`].map(
      (id): OperationInput => ({ operationType: "Read", id, partitionKey: pk }),
    );
    const found = (await reopened.items.bulk(reads)).map(({ statusCode }) => statusCode === 200);
    const made = found.slice(0, perBatch);
    expect([batch, new Set(made).size, found[perBatch]]).toEqual([batch, 1, false]);
    if (made[0] === true) whole += 1;
    if (heard.has(batch)) expect([batch, made[0]]).toEqual([batch, true]);
  }
  const { resource } = await reopened.item("counter", pk).read<{ n: number }>();
  expect(resource?.n).toBe(whole);
  again.close();
  await second.close();
});
