import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCosmosClient, createCredential, ensureContainer, items } from "@cosmos-trpc/cosmos-core";
import { startEmulatorProcess } from "@cosmos-trpc/scripts/processes";

type Client = ReturnType<typeof createCosmosClient>;

/** An emulator in a process of its own, with the container of items, and a client for it in this process. */
export interface EmulatorClient {
  readonly client: Client;
  readonly database: string;
  readonly container: ReturnType<ReturnType<Client["database"]>["container"]>;
  /** Holds up every answer of the emulator by so many milliseconds. */
  setLatency(milliseconds: number): Promise<void>;
}

/** Does some work with an emulator and a client, and ends both. */
export async function withEmulatorClient<Result>(
  work: (given: EmulatorClient) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-trpc-bench-"));
  const emulator = await startEmulatorProcess(folder);
  const { env } = emulator.ready;
  Object.assign(process.env, env);
  const configuration = {
    endpoint: String(env["COSMOS_ENDPOINT"]),
    database: "appdb",
    caFile: env["COSMOS_CA_FILE"],
  };
  const credential = createCredential();
  await ensureContainer(configuration, items, credential);
  const client = createCosmosClient(configuration, credential);
  const { database } = configuration;
  try {
    return await work({
      client,
      database,
      container: client.database(database).container(items.id),
      setLatency: (milliseconds) => setLatency(env, milliseconds),
    });
  } finally {
    client.dispose();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setLatency(env: Readonly<Record<string, string>>, milliseconds: number): Promise<void> {
  const response = await fetch(`${env["COSMOS_EMULATOR_ADMIN_ENDPOINT"]}/latency`, {
    method: "PUT",
    headers: {
      "content-type": "application/json",
      "x-emulator-secret": env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "",
    },
    body: JSON.stringify({ ms: milliseconds }),
  });
  if (!response.ok) throw new Error(await response.text());
}
