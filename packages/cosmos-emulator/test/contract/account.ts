import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import {
  type Container,
  type ContainerRequest,
  CosmosClient,
  type Database,
  type PartitionKeyDefinition,
} from "@azure/cosmos";
import { afterAll, expect, it } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../src/index.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

/** A request without an SDK, signed with the account's key unless it says otherwise. */
interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** What the signature covers, where it does not follow from the path; `false` sends none. */
  readonly signed?: { readonly type: string; readonly link: string } | false;
}

/** The account that a file's contract tests run against, with a database of their own. */
export interface TestAccount {
  readonly client: CosmosClient;
  readonly database: Database;
  readonly key: string;
  newContainer(partitionKey?: string | PartitionKeyDefinition, rest?: ContainerRequest): Promise<Container>;
  raw(request: RawRequest): Promise<WireAnswer>;
}

const remoteEndpoint = process.env["COSMOS_CONTRACT_ENDPOINT"];

interface Place {
  readonly endpoint: string;
  readonly key: string;
  readonly caFile: string | undefined;
  close(): Promise<void>;
}

/**
 * Where the tests go: the endpoint that `COSMOS_CONTRACT_ENDPOINT`, `COSMOS_CONTRACT_KEY` and (for a certificate of
 * its own) `COSMOS_CONTRACT_CA_FILE` name, or else an emulator that is started for this file.
 */
async function openPlace(options: EmulatorOptions): Promise<Place> {
  if (remoteEndpoint !== undefined) {
    const key = process.env["COSMOS_CONTRACT_KEY"];
    if (key === undefined) throw new Error("COSMOS_CONTRACT_ENDPOINT needs COSMOS_CONTRACT_KEY beside it.");
    const caFile = process.env["COSMOS_CONTRACT_CA_FILE"];
    return { endpoint: remoteEndpoint, key, caFile, close: () => Promise.resolve() };
  }
  const faults: unknown[] = [];
  const emulator = await startEmulator({ ...options, onFault: (error) => faults.push(error) });
  return {
    endpoint: emulator.endpoint,
    key: emulator.key,
    caFile: emulator.caFile,
    async close() {
      await emulator.close();
      expect(faults).toEqual([]);
    },
  };
}

/**
 * Opens the account for one test file, and closes it after the file's last test.
 *
 * @param options what an emulator is started with; an account that is there already has its own.
 */
export async function openAccount(options: EmulatorOptions = {}): Promise<TestAccount> {
  const { endpoint, key, caFile, close } = await openPlace(options);
  const ca = caFile === undefined ? undefined : readFileSync(caFile, "utf8");
  const agent = new Agent(ca === undefined ? { keepAlive: true } : { keepAlive: true, ca });
  const client = new CosmosClient({ endpoint, key, agent });
  const { database } = await client.databases.create({ id: `contract-${randomUUID()}` });
  afterAll(async () => {
    await database.delete();
    client.dispose();
    agent.destroy();
    await close();
  });
  return {
    client,
    database,
    key,
    async newContainer(partitionKey = "/pk", rest = {}) {
      const { container } = await database.containers.create({
        ...rest,
        id: `c-${randomUUID()}`,
        partitionKey: typeof partitionKey === "string" ? { paths: [partitionKey] } : partitionKey,
      });
      return container;
    },
    raw({ method = "GET", path, headers = {}, body, signed = signedParts(path) }) {
      const signature = signed === false ? {} : masterKeyHeaders({ method, ...signed, key });
      return send({
        method,
        origin: endpoint,
        path,
        headers: { ...signature, ...headers },
        ca,
        ...(body === undefined ? {} : { body }),
      });
    },
  };
}

/** A test of something that only the emulator does, or is known to do, for the reason that its name then carries. */
export function emulatorIt(name: string, reason: string, body: () => Promise<void>): void {
  it.skipIf(remoteEndpoint !== undefined)(`${name} [emulator only: ${reason}]`, body);
}

/** How the SDK reports a refusal. */
export interface Refusal {
  readonly code: number | string | undefined;
  readonly substatus: number | undefined;
}

/** The refusal that a promise ends in. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    const { code, substatus } = error as Refusal;
    return { code, substatus };
  }
  throw new Error("The call was to be refused, and was not.");
}

/** The path of a container's documents. */
export const docsPath = (container: Container): string =>
  `/dbs/${encodeURIComponent(container.database.id)}/colls/${encodeURIComponent(container.id)}/docs`;

/** The header that names a partition key. */
export const keyHeader = (...values: unknown[]): Record<string, string> => ({
  "x-ms-documentdb-partitionkey": JSON.stringify(values),
});
