import { afterAll, beforeAll } from "vitest";
import { type Api, type Log, readConfiguration, type Server, startServer } from "../src/index.ts";
import { api as itemsApi } from "./app.ts";
import { useEmulator } from "./emulatorOfFile.ts";
import { isOpen, type LogLine } from "./runningServer.ts";

/** A server in this process. */
export interface ServerHere extends Server {
  /** The first log line that matches: one that is there already, or the next. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
}

/** Starts a server in this process on a free port, with an environment. */
export async function startHere(api: Api, env: NodeJS.ProcessEnv): Promise<ServerHere> {
  const lines: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  const at = (level: number) => (details: object, msg: string) => {
    const line = { ...details, level, msg };
    lines.push(line);
    for (const look of waiting) look(line);
  };
  const log: Log = { debug: at(20), info: at(30), warn: at(40), error: at(50) };
  const server = await startServer(api, { ...readConfiguration({ PORT: "0", ...env }), log });
  return {
    ...server,
    url: server.url.replace("localhost", "127.0.0.1"),
    logged(matches) {
      const found = lines.find(matches);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => {
        waiting.add((line) => {
          if (matches(line)) resolve(line);
        });
      });
    },
  };
}

/** A server in this process, for the tests of one file, and its emulator. */
export interface ServerOfFile {
  readonly emulator: ReturnType<typeof useEmulator>;
  readonly server: ServerHere;
  readonly url: string;
}

/** Starts it before the file's tests, and ends it after. */
export function useServer(api: Api = itemsApi, env: NodeJS.ProcessEnv = {}): ServerOfFile {
  const emulator = useEmulator();
  let server: ServerHere;

  beforeAll(async () => {
    server = await startHere(api, { ...emulator.env, ...env });
    await server.logged(isOpen);
  });

  afterAll(() => server.close());

  return {
    emulator,
    get server() {
      return server;
    },
    get url() {
      return server.url;
    },
  };
}
