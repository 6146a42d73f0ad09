import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

/**
 * `node:https` that answers every request with the same kilobyte: what no server on it can be faster than. Arguments: the
 * files of its key and its certificate.
 */
const [keyFile = "", certFile = ""] = process.argv.slice(2);
const body = JSON.stringify({ text: "x".repeat(1_000) });
const options = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
const server = createServer(options, (request, response) => {
  request.resume().once("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ endpoint: `https://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
