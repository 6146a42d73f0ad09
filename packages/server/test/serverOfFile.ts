import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";
import { isOpen, type RunningServer, startServer } from "./runningServer.ts";

/** An emulator and a server on it, for the tests of one file. */
export interface ServerOfFile {
  readonly emulator: Emulator;
  readonly server: RunningServer;
}

/** Starts them before the file's tests, the server with further variables, and ends them after. */
export function useServer(env: NodeJS.ProcessEnv = {}): ServerOfFile {
  let emulator: Emulator;
  let server: RunningServer;

  beforeAll(async () => {
    emulator = await startEmulator();
    server = await startServer({ ...emulator.env, ...env });
    await server.logged(isOpen);
  });

  afterAll(async () => {
    await server.stop();
    await emulator.close();
  });

  return {
    get emulator() {
      return emulator;
    },
    get server() {
      return server;
    },
  };
}
