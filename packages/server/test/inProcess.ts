import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";
import {
  type Api,
  type Log,
  readConfiguration,
  type Server,
  type ServerConfiguration,
  startServer,
} from "../src/index.ts";

/** A line of a log. */
interface Logged {
  readonly level: keyof Log;
  readonly message: string;
  readonly [name: string]: unknown;
}

/** A log that keeps what it is told. */
function keepingLog(): { readonly log: Log; readonly lines: Logged[] } {
  const lines: Logged[] = [];
  const at = (level: keyof Log) => (details: object, message: string) =>
    void lines.push({ ...details, level, message });
  return { lines, log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") } };
}

/** An emulator and a server on it in this process, for the tests of one file. */
export interface ServerInProcess {
  readonly emulator: Emulator;
  readonly url: string;
  readonly lines: readonly Logged[];
}

/** Starts them before the file's tests, and ends them after. */
export function useServerInProcess(api: Api, more: Partial<ServerConfiguration> = {}): ServerInProcess {
  const { log, lines } = keepingLog();
  let emulator: Emulator;
  let server: Server;

  beforeAll(async () => {
    emulator = await startEmulator();
    Object.assign(process.env, emulator.env);
    server = await startServer(api, { ...readConfiguration(emulator.env), port: 0, log, ...more });
  });

  afterAll(async () => {
    await server.close();
    await emulator.close();
  });

  return {
    get emulator() {
      return emulator;
    },
    get url() {
      return server.url;
    },
    lines,
  };
}
