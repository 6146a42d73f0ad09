import type { AddressInfo } from "node:net";
import { createHttpsServer } from "@vercel/cosmosdb-server";

/**
 * `@vercel/cosmosdb-server` as a process of its own: says where it listens. With `keep-alive` it has the option that its
 * own command does not set; without, it closes the connection after each answer, as that command does.
 */
const options = { keepAlive: process.argv[2] === "keep-alive" } as Parameters<typeof createHttpsServer>[0];
const server = createHttpsServer(options);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ endpoint: `https://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
