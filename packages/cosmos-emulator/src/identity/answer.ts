import type { ServerResponse } from "node:http";

/** What a request to the identity endpoint is answered with. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; nothing for 204. */
  readonly body?: unknown;
}

/** Sends an answer as JSON. Tokens must not stay in a cache. */
function sendAnswer(response: ServerResponse, { status, body }: Answer): void {
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    })
    .end(text);
}

/** Sends what a promise gives, or the 500 of an error that goes to `onFault`. */
export async function sendWhenReady(
  response: ServerResponse,
  answer: Promise<Answer>,
  onFault: (error: unknown) => void,
): Promise<void> {
  const ready = await answer.catch((error: unknown) => {
    // A client that goes away in mid-request is no fault.
    if (!response.destroyed) onFault(error);
    const message = "The emulator failed inside. Its log has the error.";
    return { status: 500, body: { statusCode: 500, message } };
  });
  sendAnswer(response, ready);
}
