import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** What the measuring process asks a server, and what it hears: where it listens, its CPU time (µs) so far and
 * its resident memory (bytes). */
type Question = "usage";
export type Report = { readonly port: number } | { readonly cpu: number; readonly memory: number };

/** Listens on a free port of the loopback interface and answers the measuring process until that goes. */
export function listen(handler: RequestListener): void {
  const server = createServer(handler);
  const report = (message: Report) => process.send?.(message);
  process.on("message", (_: Question) => {
    const { user, system } = process.cpuUsage();
    report({ cpu: user + system, memory: process.memoryUsage.rss() });
  });
  process.on("disconnect", () => process.exit());
  server.listen(0, "127.0.0.1", () => report({ port: (server.address() as AddressInfo).port }));
}
