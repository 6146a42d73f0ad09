import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import {
  type ChangeFeedIteratorOptions,
  type ChangeFeedIteratorResponse,
  type Container,
  type ContainerRequest,
  CosmosClient,
} from "@azure/cosmos";
import { expect, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../src/index.ts";
import { temporaryFolder } from "../childProcess.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

/** A document as these tests write and read it. */
export interface Item {
  readonly id: string;
  readonly pk: string;
  readonly [name: string]: unknown;
}

/** What a page of the feed has. */
export type Page = ChangeFeedIteratorResponse<(Item & { _lsn: number; _etag: string; _ts: number })[]>;

/** A container in an emulator of a test's own, which can be stopped and started again on the same data. */
export interface FeedAccount {
  readonly emulator: Emulator;
  readonly container: Container;
  /** `/dbs/…/colls/…` */
  readonly path: string;
  raw(path: string, headers?: Record<string, string>, method?: string, body?: string): Promise<WireAnswer>;
  /** Reads the container's change feed over the wire. */
  feed(headers?: Record<string, string>): Promise<WireAnswer>;
  /** Stops the emulator and starts it on the same folder, with a client that knows nothing. */
  restart(): Promise<void>;
  /** Where the data is kept. */
  dataFile(): string;
  /** Takes a partition in two. */
  split(range?: string): void;
}

/** Opens an account with one container for the running test, and closes it when the test ends. */
export async function openFeedAccount(
  physicalPartitions: number,
  definition: ContainerRequest = {},
): Promise<FeedAccount> {
  const dataDir = temporaryFolder();
  const id = `c-${randomUUID()}`;
  const path = `/dbs/feeds/colls/${id}`;
  const faults: unknown[] = [];

  async function open() {
    const emulator = await startEmulator({
      dataDir,
      physicalPartitions,
      onFault: (error) => faults.push(error),
    });
    const ca = readFileSync(emulator.caFile, "utf8");
    const agent = new Agent({ keepAlive: true, ca });
    const client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
    const close = async (): Promise<void> => {
      client.dispose();
      agent.destroy();
      await emulator.close();
    };
    return { emulator, ca, client, container: client.database("feeds").container(id), close };
  }
  let current = await open();
  onTestFinished(async () => {
    await current.close();
    expect(faults).toEqual([]);
  });
  const { database } = await current.client.databases.createIfNotExists({ id: "feeds" });
  await database.containers.create({ partitionKey: { paths: ["/pk"] }, ...definition, id });

  const raw: FeedAccount["raw"] = (to, headers = {}, method = "GET", body) =>
    send({
      method,
      origin: current.emulator.endpoint,
      path: to,
      headers: {
        ...masterKeyHeaders({ method, ...signedParts(to), key: current.emulator.key }),
        ...headers,
      },
      ca: current.ca,
      ...(body === undefined ? {} : { body }),
    });
  return {
    get emulator() {
      return current.emulator;
    },
    get container() {
      return current.container;
    },
    path,
    raw,
    feed: (headers = {}) => raw(`${path}/docs`, { "a-im": "Incremental Feed", ...headers }),
    async restart() {
      await current.close();
      current = await open();
    },
    dataFile: () => join(dataDir, "cosmos.db"),
    split(range) {
      const place = { database: "feeds", container: id };
      current.emulator.splitPartition(range === undefined ? place : { ...place, range });
    },
  };
}

/** Reads a feed until it has nothing new; says what it had, and where to go on. */
export async function drain(
  container: Container,
  options: ChangeFeedIteratorOptions,
): Promise<{ items: Page["result"]; continuation: string }> {
  const iterator = container.items.getChangeFeedIterator(options);
  const items: Page["result"] = [];
  for (;;) {
    const page = (await iterator.readNext()) as unknown as Page;
    if (page.statusCode === 304) return { items, continuation: page.continuationToken };
    expect(page.statusCode).toBe(200);
    items.push(...page.result);
  }
}

/** Writes documents 0 … count - 1 over ten partition keys. */
export async function writeItems(container: Container, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await container.items.upsert({ id: `item-${n}`, pk: `pk-${n % 10}`, n });
}

/** Checks that every partition key's changes come in the order of their writes. */
export function expectOrder(items: readonly { pk: string; _lsn: number }[]): void {
  const last = new Map<string, number>();
  for (const { pk, _lsn } of items) {
    expect(_lsn).toBeGreaterThan(last.get(pk) ?? 0);
    last.set(pk, _lsn);
  }
}
