import type { Container, CosmosClient, OperationInput } from "@azure/cosmos";
import fc from "fast-check";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { temporaryFolder } from "../childProcess.ts";
import { openClient } from "../command/fillFolder.ts";
import { batchToModel, type Model, type Write, writeToModel } from "./model.ts";

/** What a run is made of: writes alone, in transactional batches and in bulk requests, and restarts. */
type Step =
  | { readonly kind: "single"; readonly pk: string; readonly write: Write }
  | { readonly kind: "batch"; readonly pk: string; readonly writes: readonly Write[] }
  | { readonly kind: "bulk"; readonly writes: readonly (readonly [string, Write])[] }
  | { readonly kind: "restart" };

// Few keys, ids and values, so that writes meet.
const pk = fc.constantFrom("p", "q", "r");
const id = fc.constantFrom("a", "b", "c", "d");
const small = fc.integer({ min: 0, max: 3 });
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constantFrom("Create", "Upsert", "Upsert", "Replace"), id, u: small, n: small }),
  fc.record({ kind: fc.constantFrom("Delete", "Read"), id }),
  fc.record(
    { kind: fc.constant("Patch"), id, by: small, when: small },
    { requiredKeys: ["kind", "id", "by"] },
  ),
) as fc.Arbitrary<Write>;
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("single"), pk, write }), weight: 8 },
  {
    arbitrary: fc.record({
      kind: fc.constant("batch"),
      pk,
      writes: fc.array(write, { minLength: 1, maxLength: 4 }),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("bulk"),
      writes: fc.array(fc.tuple(pk, write), { minLength: 1, maxLength: 8 }),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ kind: fc.constant("restart") }), weight: 1 },
) as fc.Arbitrary<Step>;

/** A write as the SDK's batches take it. */
function operationOf(key: string, change: Write): OperationInput {
  const partitionKey = key;
  switch (change.kind) {
    case "Read":
    case "Delete":
      return { operationType: change.kind, id: change.id, partitionKey };
    case "Patch": {
      const operations = [{ op: "incr" as const, path: "/n", value: change.by }];
      const condition = change.when === undefined ? {} : { condition: `FROM c WHERE c.n = ${change.when}` };
      return {
        operationType: "Patch",
        id: change.id,
        partitionKey,
        resourceBody: { operations, ...condition },
      };
    }
    case "Replace":
      return { operationType: "Replace", id: change.id, partitionKey, resourceBody: bodyOf(key, change) };
    default:
      return { operationType: change.kind, partitionKey, resourceBody: bodyOf(key, change) };
  }
}

const bodyOf = (key: string, change: { id: string; u: number; n: number }) => ({
  id: change.id,
  pk: key,
  u: change.u,
  n: change.n,
});

async function statusOf(answer: Promise<{ statusCode: number }>): Promise<number> {
  try {
    return (await answer).statusCode;
  } catch (error) {
    return Number((error as { code?: number }).code);
  }
}

function runSingle(container: Container, key: string, change: Write): Promise<number> {
  const item = container.item(change.id, key);
  const operation = operationOf(key, change);
  switch (operation.operationType) {
    case "Create":
      return statusOf(container.items.create(operation.resourceBody));
    case "Upsert":
      return statusOf(container.items.upsert(operation.resourceBody));
    case "Replace":
      return statusOf(item.replace(operation.resourceBody as never));
    case "Patch":
      return statusOf(item.patch(operation.resourceBody));
    case "Delete":
      return statusOf(item.delete());
    default:
      return statusOf(item.read());
  }
}

/** An emulator of several ranges on a folder, which can be closed and opened again. */
async function openPlace(
  folder: string,
  physicalPartitions: number,
): Promise<{ client: CosmosClient; close(): Promise<void> }> {
  const emulator = await startEmulator({ dataDir: folder, physicalPartitions });
  const { client, close } = openClient(emulator.endpoint, emulator.caFile, emulator.key);
  return {
    client,
    async close() {
      close();
      await emulator.close();
    },
  };
}

async function newContainer(client: CosmosClient, name: string): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: "model" });
  const { container } = await database.containers.createIfNotExists({
    id: name,
    partitionKey: "/pk",
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/u"] }] },
  });
  return container;
}

async function expectSame(container: Container, model: Model): Promise<void> {
  for (const key of ["p", "q", "r"]) {
    for (const name of ["a", "b", "c", "d"]) {
      const { resource } = await container.item(name, key).read<Record<string, unknown>>();
      const expected = model.get(`${key}/${name}`);
      if (expected === undefined) expect([key, name, resource]).toEqual([key, name, undefined]);
      else expect(resource).toMatchObject(expected);
    }
  }
}

it.each([1, 5])(
  "does what a plain model does, in %i physical partitions, restarts included",
  async (partitions) => {
    const folder = temporaryFolder();
    let place = await openPlace(folder, partitions);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        runs += 1;
        const name = `run-${runs}`;
        const model: Model = new Map();
        let container = await newContainer(place.client, name);
        for (const next of steps) {
          if (next.kind === "single") {
            const status = await runSingle(container, next.pk, next.write);
            expect([next, status]).toEqual([next, writeToModel(model, next.pk, next.write)]);
          } else if (next.kind === "batch") {
            const operations = next.writes.map((change) => operationOf(next.pk, change));
            const { result } = await container.items.batch(operations, next.pk);
            const statuses = result?.map(({ statusCode }) => Number(statusCode));
            expect([next, statuses]).toEqual([next, batchToModel(model, next.pk, next.writes)]);
          } else if (next.kind === "bulk") {
            const answers = await container.items.bulk(
              next.writes.map(([key, change]) => operationOf(key, change)),
            );
            // Requests to several ranges run side by side; within one partition key the order stands.
            const statuses = answers.map(({ statusCode }) => statusCode);
            expect([next, statuses]).toEqual([
              next,
              next.writes.map(([key, change]) => writeToModel(model, key, change)),
            ]);
          } else {
            await place.close();
            place = await openPlace(folder, partitions);
            container = await newContainer(place.client, name);
          }
        }
        await expectSame(container, model);
        await container.delete();
      }),
      { numRuns: 25, endOnFailure: true },
    );
    await place.close();
  },
);
