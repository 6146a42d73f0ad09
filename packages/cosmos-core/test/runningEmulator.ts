import { mkdtempSync, rmSync } from "node:fs";
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

/** Starts one before the file's tests, and puts its variables into this process's environment. */
export function useEmulator(options: EmulatorOptions = {}): RunningEmulator {
  const dataDir = mkdtempSync(join(tmpdir(), "cosmos-core-test-"));
  const undo: (() => unknown)[] = [];
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator({ ...options, dataDir });
    Object.assign(process.env, emulator.env);
  });

  afterAll(async () => {
    for (const step of undo.reverse()) await step();
    await emulator.close();
    rmSync(dataDir, { recursive: true, force: true });
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
      emulator = await startEmulator({ ...options, dataDir, port, identityPort });
    },
    configuration,
    client: (preferredLocations = []) => open({ preferredLocations }),
    keyClient: () => open({ endpoint: { ...configuration().endpoint, key: emulator.key } }),
  };
}

/** Where an emulator of these variables is. */
export const configurationOf = (env: Emulator["env"]): CosmosConfiguration => ({
  endpoint: parseEndpoint(env["COSMOS_ENDPOINT"] ?? "") as Endpoint,
  database: "appdb",
  caFile: env["COSMOS_CA_FILE"],
});
