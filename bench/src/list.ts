import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCosmosClient,
  createCredential,
  ensureContainer,
  type Item,
  items,
  type ListRequest,
  openContainer,
  readCosmosConfiguration,
} from "@cosmos-trpc/cosmos-core";
import { startEmulatorProcess } from "@cosmos-trpc/scripts/processes";

/**
 * Measures the processor time of a page of a list, in this process, beside the SDK's own query call for the same page:
 * in turns, several rounds, medians. The emulator is a process of its own.
 * Run: node --conditions=@cosmos-trpc/source bench/src/list.ts [rounds, by default 7]
 */
const rounds = Number(process.argv[2] ?? 7);
const pagesARound = 50;
const itemCount = 500;

const folder = mkdtempSync(join(tmpdir(), "list-bench-"));
const emulator = await startEmulatorProcess(folder);
Object.assign(process.env, emulator.ready.env);
const configuration = readCosmosConfiguration(process.env);
await ensureContainer(configuration, items, createCredential());
const client = createCosmosClient(configuration, createCredential());
const container = client.database(configuration.database).container(items.id);
const { store } = await openContainer(client, configuration.database, items);

/** A list, and what one would ask the SDK for the same page. */
interface Case {
  readonly name: string;
  readonly request: ListRequest<Item, string, readonly [readonly ["name", "asc"]]>;
  readonly query: string;
  readonly parameters?: { name: string; value: string }[];
}

const from = { name: "@from", value: "name 0" };
const cases: readonly Case[] = [
  { name: "all", request: {}, query: "SELECT * FROM c" },
  { name: "one partition key", request: { pk: "pk 1" }, query: "SELECT * FROM c" },
  {
    name: "filter",
    request: { where: { name: { gte: from.value } } },
    query: "SELECT * FROM c WHERE c.name >= @from",
    parameters: [from],
  },
  {
    name: "filter and order",
    request: { where: { name: { gte: from.value } }, orderBy: [["name", "asc"]] },
    query: "SELECT * FROM c WHERE c.name >= @from ORDER BY c.name",
    parameters: [from],
  },
];

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Microseconds of processor time of a page. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  for (let page = 0; page < pagesARound; page += 1) await work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / pagesARound;
}

async function measure(): Promise<void> {
  const data = { text: "x".repeat(800) };
  const written = Array.from({ length: itemCount }, (_, n) => ({
    id: `item ${n}`,
    pk: `pk ${n % 10}`,
    name: `name ${n}`,
    data,
  }));
  for await (const { error } of store.bulk(written)) if (error !== undefined) throw error;

  const table: Record<string, object> = {};
  for (const { name, request, query, parameters = [] } of cases) {
    for (const limit of [10, 100]) {
      const partitionKey = request.pk === undefined ? {} : { partitionKey: request.pk };
      const sdk = () =>
        container.items.query({ query, parameters }, { maxItemCount: limit, ...partitionKey }).fetchNext();
      const list = () => store.list({ ...request, limit });
      for (let page = 0; page < 100; page += 1) await Promise.all([sdk(), list()]);
      const found: { sdk: number; list: number }[] = [];
      for (let round = 0; round < rounds; round += 1)
        found.push({ sdk: await cpuOf(sdk), list: await cpuOf(list) });
      table[`${name}, ${limit} items`] = {
        "the SDK, µs": Math.round(median(found.map((one) => one.sdk))),
        "list, µs": Math.round(median(found.map((one) => one.list))),
        ratio: Number(median(found.map((one) => one.list / one.sdk)).toFixed(2)),
      };
    }
  }
  console.table(table);
}

try {
  await measure();
} finally {
  client.dispose();
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
}
