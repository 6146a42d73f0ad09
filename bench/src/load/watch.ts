import { subscribe } from "node:diagnostics_channel";
import type { AddressInfo, Server } from "node:net";

/** What a watched process tells: where it listens, and when asked, its CPU time so far (µs) and peak memory (bytes). */
export type Report = { readonly port: number } | Usage;
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

const report = (message: Report): void => void process.send?.(message);

// Loaded with --import before a server, which so needs no code for being measured.
subscribe("tracing:net.server.listen:asyncEnd", (message) => {
  const { server } = message as { server: Server };
  report({ port: (server.address() as AddressInfo).port });
});
process.on("message", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  report({ cpu: userCPUTime + systemCPUTime, memory: maxRSS * 1024 });
});
process.on("disconnect", () => process.exit());
