import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import type { Api } from "../createApi.ts";
import { listenerOn } from "../createListener.ts";
import { drainTimeout, maxHeaderBytes } from "../http/limits.ts";
import { connect } from "../openStores.ts";
import type { ServerConfiguration } from "./configuration.ts";
import { createDrain } from "./drain.ts";
import { refuseUnreadable } from "./unreadableRequest.ts";

/** A server that listens. */
export interface Server {
  /** On loopback. */
  readonly url: string;
  readonly port: number;
  /** Takes no new requests, answers those in flight, for 10 seconds at most, and lets go of Cosmos DB. */
  close(): Promise<void>;
}

/**
 * Starts a server for an API in this process; {@link serve} makes a program of it. It listens before Cosmos DB can be
 * reached, and `/readyz` says when it is.
 *
 * @throws the error of `listen`, with its `code`; TypeError for an endpoint that is none
 * @example
 * const server = await startServer(api, { cosmos: { endpoint: "https://shop.documents.azure.com" }, port: 0 });
 * await fetch(`${server.url}/api/cosmos/orders`);
 * await server.close();
 */
export async function startServer(api: Api, configuration: ServerConfiguration): Promise<Server> {
  const { port = 3000, host = "127.0.0.1", logLevel = "info" } = configuration;
  const log = configuration.log ?? pino({ level: logLevel });
  const { promise: listening, resolve: onListening, reject } = Promise.withResolvers<void>();
  const connection = connect(api.entities, { ...configuration, log }, listening);
  const listener = listenerOn(api, connection);
  const drain = createDrain(listener);
  // Longer than Azure's load balancer keeps an idle connection (4 minutes), so that it never reuses a closed one.
  const server = createServer({ keepAliveTimeout: 250_000, maxHeaderSize: maxHeaderBytes }, drain.listener);
  server.on("clientError", (error, socket) => refuseUnreadable(error, socket, drain.isAnswering(socket)));
  server.once("error", reject);
  server.listen(port, host, onListening);
  await listening;
  const { port: actual } = server.address() as AddressInfo;
  const url = `http://localhost:${actual}`;
  log.info({ port: actual, url }, "listening");
  return {
    url,
    port: actual,
    async close() {
      // Watchers go on at another instance.
      connection.feeds.stop();
      await drain.stop(server, drainTimeout);
      listener.close();
    },
  };
}
