import { items, type ListRequest, openContainer, type TypesOf } from "@cosmos-trpc/cosmos-core";
import { type EmulatorClient, withEmulatorClient } from "./emulatorClient.ts";
import { median, rotate } from "./load/statistics.ts";
import { quick } from "./quick.ts";

const rounds = quick ? 1 : 9;
const pagesARound = 50;
const itemCount = 500;

/** A list, and what one would ask the SDK for the same page. */
interface Case {
  readonly name: string;
  readonly request: ListRequest<TypesOf<typeof items>>;
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

/** A page by both ways: microseconds of this process's CPU time. */
interface ListRow {
  readonly page: string;
  readonly sdk: number;
  readonly list: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

/** What this bench finds out. */
export interface ListFigures {
  readonly rounds: number;
  readonly rows: readonly ListRow[];
}

/** The CPU time of a page of a list beside that of the SDK's own query call for the same page. */
export const measureList = (): Promise<ListFigures> => withEmulatorClient(compare);

/** Microseconds of processor time of a page. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  for (let page = 0; page < pagesARound; page += 1) await work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / pagesARound;
}

async function compare({ client, database, container }: EmulatorClient): Promise<ListFigures> {
  const { store } = await openContainer(client, database, items);
  const data = { text: "x".repeat(800) };
  const written = Array.from({ length: itemCount }, (_, n) => ({
    id: `item ${n}`,
    pk: `pk ${n % 10}`,
    name: `name ${n}`,
    data,
  }));
  for await (const { error } of store.bulk(written)) if (error !== undefined) throw error;

  const rows: ListRow[] = [];
  for (const { name, request, query, parameters = [] } of cases) {
    for (const limit of [10, 100]) {
      const partitionKey = request.pk === undefined ? {} : { partitionKey: request.pk };
      const ways = {
        sdk: () =>
          container.items.query({ query, parameters }, { maxItemCount: limit, ...partitionKey }).fetchNext(),
        list: () => store.list({ ...request, limit }),
      };
      for (let page = 0; page < 300; page += 1) await Promise.all([ways.sdk(), ways.list()]);
      const found: { sdk: number; list: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const times = { sdk: 0, list: 0 };
        for (const way of rotate(["sdk", "list"] as const, round)) times[way] = await cpuOf(ways[way]);
        found.push(times);
      }
      rows.push({
        page: `${name}, ${limit} items`,
        sdk: Math.round(median(found.map((one) => one.sdk))),
        list: Math.round(median(found.map((one) => one.list))),
        ratio: median(found.map((one) => one.list / one.sdk)),
      });
    }
  }
  console.table(rows);
  return { rounds, rows };
}
