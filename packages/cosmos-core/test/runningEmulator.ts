import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";
import {
  type CosmosConfiguration,
  createCosmosClient,
  createCredential,
  type Endpoint,
  parseEndpoint,
} from "../src/index.ts";

/** An emulator for the tests of one file, which goes away and comes back on the same ports. */
export interface RunningEmulator {
  /** Where it keeps its data. */
  readonly dataDir: string;
  current(): Emulator;
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** Where it is. */
  configuration(): CosmosConfiguration;
  /** A client that signs in with the managed identity; closed after the tests. */
  client(preferredLocations?: readonly string[]): ReturnType<typeof createCosmosClient>;
  /** The same with the emulator's key, for what no token may do. */
  keyClient(): ReturnType<typeof createCosmosClient>;
}

/** Where a process's emulators are, one after the other: the keys and certificates of the first are all the others'. */
const dataDir = mkdtempSync(join(tmpdir(), "cosmos-core-test-"));
process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));

/** Starts one before the file's tests, and puts its variables into this process's environment. */
export function useEmulator(options: EmulatorOptions = {}): RunningEmulator {
  const clientId = randomUUID();
  const undo: (() => unknown)[] = [];
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startSignedIn({ ...options, dataDir }, clientId);
  });

  afterAll(async () => {
    for (const step of undo.reverse()) await step();
    delete process.env["AZURE_CLIENT_ID"];
    await emulator.close();
    for (const file of globSync("cosmos.db*", { cwd: dataDir })) rmSync(join(dataDir, file));
  });

  const configuration = () => configurationOf(emulator.env);
  function open(changes: Partial<CosmosConfiguration>) {
    const client = createCosmosClient({ ...configuration(), ...changes }, createCredential());
    undo.push(() => client.dispose());
    return client;
  }

  return {
    dataDir,
    current: () => emulator,
    stop: () => emulator.close(),
    async startAgain() {
      const port = Number(new URL(emulator.endpoint).port);
      const identityPort = Number(new URL(emulator.issuer).port);
      emulator = await startSignedIn({ ...options, dataDir, port, identityPort }, clientId);
    },
    configuration,
    client: (preferredLocations = []) => open({ preferredLocations }),
    keyClient: () => open({ endpoint: { ...configuration().endpoint, key: emulator.key } }),
  };
}

/**
 * Starts one, and puts its variables into this process's environment. @azure/identity keeps for a process where tokens
 * come from, and each identity's token: the endpoint stays the same for all emulators, and the identity is another one.
 *
 * @param clientId the identity's
 */
export async function startSignedIn(
  options: EmulatorOptions = {},
  clientId: string = randomUUID(),
): Promise<Emulator> {
  const identities = [{ clientId, roles: ["Cosmos DB Built-in Data Contributor"] }];
  const emulator = await startEmulator({ ...options, identities });
  identityEndpoint ??= await openIdentityEndpoint();
  identityOwner = emulator;
  Object.assign(process.env, emulator.env, {
    AZURE_CLIENT_ID: clientId,
    IDENTITY_ENDPOINT: identityEndpoint,
  });
  return emulator;
}

let identityEndpoint: string | undefined;
/** The emulator that gives the tokens. */
let identityOwner: Emulator;

/** Hands what is asked of it on to the emulator that was started last. */
async function openIdentityEndpoint(): Promise<string> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { IDENTITY_ENDPOINT = "", IDENTITY_HEADER = "" } = identityOwner.env;
    try {
      const headers = { "x-identity-header": IDENTITY_HEADER };
      const answer = await fetch(`${IDENTITY_ENDPOINT}${new URL(url, IDENTITY_ENDPOINT).search}`, {
        headers,
      });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    } catch {
      response.destroy();
    }
  });
  await once(server.listen(0, "localhost").unref(), "listening");
  return `http://localhost:${(server.address() as AddressInfo).port}/msi/token`;
}

/** Where an emulator of these variables is. */
export const configurationOf = (env: Emulator["env"]): CosmosConfiguration => ({
  endpoint: parseEndpoint(env["COSMOS_ENDPOINT"] ?? "") as Endpoint,
  database: "appdb",
  caFile: env["COSMOS_CA_FILE"],
});
