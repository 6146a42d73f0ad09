import { createServer, type RequestListener } from "node:http";

/** Listens on the loopback interface. */
export function listen(handler: RequestListener): void {
  createServer(handler).listen(Number(process.env["PORT"]), "127.0.0.1");
}
