import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An HTTP/1.1 response as it came over the wire. */
export interface RawResponse {
  readonly statusLine: string;
  /** In the order and the case in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without chunk framing. */
  readonly body: Buffer;
}

/** What a client saw in answer to what it sent: a response, or the connection's end before one was complete. */
export type Sight = RawResponse | "closed";

const headEnd = Buffer.from("\r\n\r\n");

/**
 * One connection on which requests are written as they stand, byte for byte, and responses are read in order.
 * No HTTP library in between: it would repair what the tests mean to send and hide what they mean to see.
 */
export class RawConnection {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    // A reset is one of the ways in which a connection ends here; `close` follows.
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Reads the next response, interim ones (1xx) included. */
  async read(options: { readonly toHead?: boolean } = {}): Promise<Sight> {
    for (;;) {
      const response = this.#take(options.toHead ?? false);
      if (response) return response;
      if (this.#closed) return "closed";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    if (this.#closed) return;
    this.socket.destroy();
    await once(this.socket, "close");
  }

  #take(toHead: boolean): RawResponse | undefined {
    const headLength = this.#received.indexOf(headEnd);
    if (headLength === -1) return undefined;
    const [statusLine = "", ...lines] = this.#received.toString("latin1", 0, headLength).split("\r\n");
    const headers = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
    const bodyStart = headLength + headEnd.length;
    const value = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
    const status = Number(statusLine.split(" ")[1]);
    if (toHead || status === 204 || status === 304 || status < 200) {
      this.#received = this.#received.subarray(bodyStart);
      return { statusLine, headers, body: Buffer.alloc(0) };
    }
    const read =
      value("transfer-encoding") === "chunked"
        ? readChunks(this.#received, bodyStart)
        : readLength(this.#received, bodyStart, value("content-length"), this.#closed);
    if (!read) return undefined;
    this.#received = this.#received.subarray(read.end);
    return { statusLine, headers, body: read.body };
  }
}

interface ReadBody {
  readonly body: Buffer;
  readonly end: number;
}

function readLength(
  bytes: Buffer,
  start: number,
  length: string | undefined,
  closed: boolean,
): ReadBody | undefined {
  if (length === undefined) return closed ? { body: bytes.subarray(start), end: bytes.length } : undefined;
  const end = start + Number(length);
  return bytes.length < end ? undefined : { body: bytes.subarray(start, end), end };
}

function readChunks(bytes: Buffer, start: number): ReadBody | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const chunkStart = lineEnd + 2;
    if (bytes.length < chunkStart + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), end: chunkStart + 2 };
    chunks.push(bytes.subarray(chunkStart, chunkStart + size));
    at = chunkStart + size + 2;
  }
}
