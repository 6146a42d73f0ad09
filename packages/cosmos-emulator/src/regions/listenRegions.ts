import type { Server } from "node:http";
import { attachRegion, type Serve } from "./regionListener.ts";
import type { RegionSet, RunningRegion } from "./regions.ts";

/** The listeners of the account and its regions. */
export interface RegionListeners {
  /** The account's own endpoint. */
  readonly endpoint: string;
  /** All endpoints. */
  readonly endpoints: readonly string[];
  /** Lets the listeners serve. */
  attach(plane: (region: RunningRegion) => Serve, onFault: (error: unknown) => void): void;
}

/** Opens an HTTPS listener and says its address. */
export type OpenListener = (port: number, option: string) => Promise<{ server: Server; endpoint: string }>;

/**
 * Opens the account's listener and, unless there is but one region that has none of its own, one for each region.
 */
export async function listenRegions(
  regions: RegionSet,
  port: number,
  hasOwnPorts: boolean,
  open: OpenListener,
): Promise<RegionListeners> {
  const account = await open(port, "--port or port");
  const listeners = new Map<RunningRegion, Server>();
  for (const region of regions.running) {
    region.endpoint = account.endpoint;
    if (!hasOwnPorts) continue;
    const { server, endpoint } = await open(region.port, `the port of region '${region.name}'`);
    listeners.set(region, server);
    region.endpoint = endpoint;
  }
  return {
    endpoint: account.endpoint,
    endpoints: [...new Set([account.endpoint, ...regions.running.map(({ endpoint }) => endpoint)])],
    attach(plane, onFault) {
      const cutAccount = attachRegion(account.server, regions.writeRegion, plane, onFault);
      for (const region of regions.running) {
        const server = listeners.get(region);
        const cut = server && attachRegion(server, () => region, plane, onFault);
        region.cut = () => {
          cutAccount();
          cut?.();
        };
      }
    },
  };
}
