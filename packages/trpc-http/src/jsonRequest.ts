import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { type ParsedRequest, type RequestBody, receiveBody } from "./requestBody.ts";
import type { HeaderReader, RequestReader } from "./trpcInternals.ts";

/** As much of a web Request as reading a JSON call takes, straight over node's own. */
export class JsonRequest implements RequestReader {
  readonly method: string;
  readonly headers: HeaderReader;
  readonly signal: AbortSignal;
  readonly #req: ParsedRequest;
  readonly #isLossless: boolean;
  #body: RequestBody | undefined;

  /** @param isLossless as of {@link receiveBody} */
  constructor(req: IncomingMessage, res: ServerResponse, headers: HeaderReader, isLossless: boolean) {
    this.#req = req;
    this.#isLossless = isLossless;
    this.method = req.method ?? "GET";
    this.headers = headers;
    this.signal = disconnectSignal(req, res);
  }

  /** Starts to receive the body. From here on the request can no longer be handed to another handler. */
  receive(maxBodySize: number | undefined): void {
    this.#body = receiveBody(this.#req, maxBodySize, this.#isLossless);
  }

  async text(): Promise<string> {
    return (await this.#body?.text()) ?? "";
  }
}

/** Node's headers, read as a web `Headers` is. */
export function headerReader(headers: IncomingHttpHeaders): HeaderReader {
  return {
    get(name) {
      const value = headers[name];
      return typeof value === "string" ? value : (value?.join(", ") ?? null);
    },
    has: (name) => headers[name] !== undefined,
  };
}

/** Aborts when the client goes before its answer is complete. */
function disconnectSignal(req: IncomingMessage, res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  // `close` also follows a complete answer. A pipelined answer that has no socket yet gets no `close`, only its
  // request's `aborted` tells.
  res.once("close", () => {
    if (!res.writableEnded) controller.abort();
  });
  req.once("aborted", () => controller.abort());
  return controller.signal;
}
