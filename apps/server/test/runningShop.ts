import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { readConfiguration, type Server, startServer } from "@cosmos-trpc/server";
import { afterAll, beforeAll } from "vitest";
import { api as shop } from "../examples/shop/api.ts";

/** The emulator of this process, which ends with it: a process has the tokens of one only. */
let running: Promise<Emulator> | undefined;
let databases = 0;

async function start(): Promise<Emulator> {
  const emulator = await startEmulator();
  Object.assign(process.env, emulator.env);
  return emulator;
}

/** The shop, served in this process, with a database that the tests of one file have for themselves. */
export function useShop(): { readonly url: string; readonly faults: Emulator["faults"] } {
  let emulator: Emulator;
  let server: Server;
  databases += 1;
  const own = { COSMOS_DATABASE: `shop-${databases}` };

  beforeAll(async () => {
    running ??= start();
    emulator = await running;
    const configuration = readConfiguration({ ...emulator.env, ...own });
    server = await startServer(shop, { ...configuration, port: 0, logLevel: "silent" });
  });

  afterAll(() => server.close());

  return {
    get url() {
      return server.url;
    },
    get faults() {
      return emulator.faults;
    },
  };
}
