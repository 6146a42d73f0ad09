import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ServiceError } from "../serviceError.ts";
import type { RunningRegion } from "./regions.ts";

/** Answers a request that came to a region. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Makes a listener that of a region, or of whichever region is the write region, as the account's own endpoint is that
 * in Azure: it shares its region's outages.
 *
 * @param regionOf the region that the listener stands for now
 * @param plane what serves a region's requests
 * @returns a function that cuts what is open
 */
export function attachRegion(
  server: Server,
  regionOf: () => RunningRegion,
  plane: (region: RunningRegion) => Serve,
  onFault: (error: unknown) => void,
): () => void {
  const sockets = new Set<Socket>();
  const hanging = new Set<ServerResponse>();

  // Before TLS sees the connection: a region that is gone shakes no hands.
  server.prependListener("connection", (socket: Socket) => {
    if (regionOf().outage === "drop") {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const region = regionOf();
    region.requests += 1;
    switch (region.outage) {
      case "drop":
        response.destroy();
        return;
      case "hang":
        hanging.add(response);
        response.once("close", () => hanging.delete(response));
        return;
      case "unavailable":
        request.resume();
        refuse(response, region);
        return;
      case null:
        plane(region)(request, response).catch(onFault);
    }
  });

  return () => {
    for (const response of hanging) response.destroy();
    if (regionOf().outage === "drop") for (const socket of sockets) socket.destroy();
  };
}

function refuse(response: ServerResponse, { name }: RunningRegion): void {
  const { status, code, message } = new ServiceError(503, `The region '${name}' was taken down.`);
  const body = JSON.stringify({ code, message });
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-ms-substatus": "0",
    })
    .end(body);
}
