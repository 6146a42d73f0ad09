import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Cleanup } from "./cleanup.ts";
import type { EmulatorOptions } from "./emulator.ts";
import { listen, stop } from "./http/listen.ts";
import type { KeptState } from "./keptState.ts";
import { listenRegions, type RegionListeners } from "./regions/listenRegions.ts";

/** Keep-alive connections stay open for longer than clients leave them idle, so that none is cut in mid-request. */
const keepAliveTimeout = 120_000;

/** The listeners, which serve nothing yet. */
export interface Listeners {
  readonly identityServer: Server;
  readonly identityUrl: string;
  /** Of the account and its regions. */
  readonly account: RegionListeners;
}

/**
 * Opens the identity endpoint over HTTP, and the account's endpoints over HTTPS.
 *
 * @throws StartError when a port is taken or not allowed.
 */
export async function openListeners(
  options: EmulatorOptions,
  { regions, certificates: { key, cert } }: KeptState,
  cleanup: Cleanup,
): Promise<Listeners> {
  const open = async (server: Server, wanted: number, option: string): Promise<number> => {
    const port = await listen(server, wanted, option);
    cleanup.add(() => stop(server));
    return port;
  };
  const identityServer = createHttpServer({ keepAliveTimeout });
  const identityPort = await open(
    identityServer,
    options.identityPort ?? 0,
    "--identity-port or identityPort",
  );
  const hasOwnPorts = options.regions !== undefined;
  const account = await listenRegions(regions, options.port ?? 0, hasOwnPorts, async (wanted, option) => {
    const server = createHttpsServer({ key, cert, keepAliveTimeout });
    return { server, endpoint: `https://localhost:${await open(server, wanted, option)}` };
  });
  return { identityServer, identityUrl: `http://localhost:${identityPort}`, account };
}
