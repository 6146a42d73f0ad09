import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StartError } from "../errors.ts";

/** Only this machine can reach the emulator: it trusts a key that everybody knows. */
const loopback = "127.0.0.1";

/**
 * Starts a listener on the loopback interface and says its port.
 *
 * @param option how the port is set, for the message when it is taken
 * @throws StartError when the port is taken or not allowed.
 */
export function listen(server: Server, port: number, option: string): Promise<number> {
  trackAnswers(server);
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        reject(
          new StartError(
            `Port ${port} is in use: stop what listens there, or choose another with ${option}.`,
          ),
        );
      } else if (error.code === "EACCES") {
        reject(new StartError(`Port ${port} needs privileges: choose one above 1023 with ${option}.`));
      } else reject(error);
    });
    server.listen(port, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}

const unanswered = new WeakMap<Server, Set<ServerResponse>>();

/** Keeps the answers that a listener owes, so that it can be stopped without cutting one. */
function trackAnswers(server: Server): void {
  const answers = new Set<ServerResponse>();
  unanswered.set(server, answers);
  server.on("request", (_request, response) => {
    // A request that comes before there is anyone to serve it must not hang.
    if (server.listenerCount("request") === 1) response.writeHead(503).end();
    if (!server.listening) response.shouldKeepAlive = false;
    answers.add(response);
    response.once("close", () => answers.delete(response));
  });
}

/**
 * Stops a listener: what is in flight is answered, idle connections are closed. Answers that are still to come say
 * `connection: close`; without that, a kept-alive connection would hold the stop up for as long as it may idle.
 */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const response of unanswered.get(server) ?? []) {
      response.shouldKeepAlive = false;
      response.once("close", () => server.closeIdleConnections());
    }
    server.closeIdleConnections();
  });
}
