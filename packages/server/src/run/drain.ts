import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Follows a server's requests to its listener, so that it can stop without cutting one off. */
export function createDrain(listener: RequestListener) {
  const inFlight = new Set<ServerResponse>();
  let isStopping = false;
  return {
    listener(request: IncomingMessage, response: ServerResponse): void {
      inFlight.add(response);
      response.once("close", () => inFlight.delete(response));
      if (isStopping) response.shouldKeepAlive = false;
      listener(request, response);
    },
    /** Whether an answer has begun on a connection. */
    isAnswering: (connection: Duplex): boolean =>
      [...inFlight].some(({ socket, headersSent }) => socket === connection && headersSent),
    /** Takes no new connections, answers what is in flight, and resolves when the last connection is closed. */
    stop(server: Server, timeout: number): Promise<void> {
      isStopping = true;
      // Their connections close with their answers, instead of waiting for a next request.
      for (const response of inFlight) {
        response.shouldKeepAlive = false;
        // The head of a stream has been sent, and promised to keep the connection. At its end Node takes the connection
        // away from it before it says so.
        const { headersSent, socket } = response;
        if (headersSent) response.once("finish", () => socket?.end());
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), timeout);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
