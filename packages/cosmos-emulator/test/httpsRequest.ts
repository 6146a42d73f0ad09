import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http";
import { Agent, request as httpsRequest } from "node:https";

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
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

/** Connections are kept: a TLS handshake costs more than what most requests ask for. */
const plain = new HttpAgent({ keepAlive: true });
const trusting = new Map<string | undefined, Agent>();

function agentFor(ca: string | undefined): Agent {
  const agent =
    trusting.get(ca) ?? new Agent(ca === undefined ? { keepAlive: true } : { keepAlive: true, ca });
  trusting.set(ca, agent);
  return agent;
}

/** Sends one request. */
export function send({ method = "GET", origin, path, headers, body, ca }: WireRequest): Promise<WireAnswer> {
  const { protocol, hostname, port } = new URL(origin);
  const options = { method, hostname, port, path, headers: headers ?? {} };
  return new Promise((resolve, reject) => {
    const outgoing =
      protocol === "https:"
        ? httpsRequest({ ...options, agent: agentFor(ca) })
        : httpRequest({ ...options, agent: plain });
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
