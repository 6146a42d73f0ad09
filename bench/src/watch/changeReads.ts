import type { Environment } from "@cosmos-trpc/scripts/processes";

/** Counts an emulator's requests for changes from now on, by a fault that changes nothing. @returns reads the count */
export async function countChangeReads(env: Environment): Promise<() => Promise<number>> {
  const faults = `${env["COSMOS_EMULATOR_ADMIN_ENDPOINT"]}/faults`;
  const headers = { "x-emulator-secret": env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "" };
  const ask = async (init: RequestInit): Promise<unknown> => {
    const response = await fetch(faults, { ...init, headers });
    if (!response.ok) throw new Error(`The emulator refused: ${await response.text()}`);
    return response.json();
  };
  const body = JSON.stringify({ operation: "readChangeFeed", count: "always", delayMs: 0 });
  await ask({ method: "POST", body });
  return async () => {
    const { faults: list } = (await ask({ method: "GET" })) as {
      faults: { operation: string; hits: number }[];
    };
    return list.find(({ operation }) => operation === "readChangeFeed")?.hits ?? 0;
  };
}
