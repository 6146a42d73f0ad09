import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StartError } from "../startError.ts";

/** Only this machine can reach the emulator: it trusts a key that everybody knows. */
const loopback = "127.0.0.1";

/**
 * Starts a listener on the loopback interface and says its port.
 *
 * @param option how the port is set, for the message when it is taken
 * @throws StartError when the port is taken or not allowed.
 */
export function listen(server: Server, port: number, option: string): Promise<number> {
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

/** Stops a listener: what is in flight is answered, idle connections are closed. */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
