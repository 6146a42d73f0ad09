import type { AddressInfo } from "node:net";
import { createHttpsServer } from "@vercel/cosmosdb-server";

/** `@vercel/cosmosdb-server` as a process of its own: says where it listens, and keeps connections alive. */
const options = { keepAlive: true } as Parameters<typeof createHttpsServer>[0];
const server = createHttpsServer(options);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ endpoint: `https://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
