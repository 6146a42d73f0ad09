import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { type Agent, request as httpsRequest } from "node:https";

/** A request as it goes over the wire, with nothing added that an SDK would. */
export interface WireRequest {
  readonly method?: string;
  /** Origin and path; the path is sent as it stands. */
  readonly origin: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** PEM of the authority to trust. */
  readonly ca?: string | undefined;
  /** The connections to send over; without one, a connection of its own. */
  readonly agent?: Agent;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

/** Sends one request. */
export function send({
  method = "GET",
  origin,
  path,
  headers,
  body,
  ca,
  agent,
}: WireRequest): Promise<WireAnswer> {
  const { protocol, hostname, port } = new URL(origin);
  const options = { method, hostname, port, path, headers: headers ?? {}, agent: agent ?? (false as const) };
  return new Promise((resolve, reject) => {
    const outgoing =
      protocol === "https:"
        ? httpsRequest(ca === undefined ? options : { ...options, ca })
        : httpRequest(options);
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    outgoing.end(body);
  });
}
