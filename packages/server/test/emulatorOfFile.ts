import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";

/** The emulator of this process, which ends with it: a process has the tokens of one only. */
let running: Promise<Emulator> | undefined;
let databases = 0;

async function start(): Promise<Emulator> {
  const emulator = await startEmulator({ physicalPartitions: 2 });
  Object.assign(process.env, emulator.env);
  return emulator;
}

/** The emulator of this process, with the variables of a database that the tests of one file have for themselves. */
export function useEmulator(): Pick<Emulator, "env" | "endpoint" | "key" | "faults"> {
  let emulator: Emulator;
  databases += 1;
  const own = { COSMOS_DATABASE: `database-${databases}` };

  beforeAll(async () => {
    running ??= start();
    emulator = await running;
  });

  afterAll(() => emulator.faults.clear());

  return {
    get env() {
      return { ...emulator.env, ...own };
    },
    get endpoint() {
      return emulator.endpoint;
    },
    get key() {
      return emulator.key;
    },
    get faults() {
      return emulator.faults;
    },
  };
}
