import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";

/** An event of a stream. */
interface StreamEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: string;
}

/** What an event of `watch` tells of items. */
export interface Watched {
  readonly id: string;
  readonly items: readonly { readonly id: string; readonly name: string; readonly _etag: string }[];
}

/** A stream of events over plain HTTP, read as fast as it is asked for. */
export interface EventStream {
  readonly response: IncomingMessage;
  /** All events, pings and the first one too; ends with the connection. */
  events(): AsyncGenerator<StreamEvent, void, undefined>;
  close(): void;
}

/** Opens one. */
export async function openStream(url: string): Promise<EventStream> {
  const request = get(url, { agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  // What becomes of a connection that is cut shows in its events.
  response.on("error", () => undefined);
  request.on("error", () => undefined);
  return {
    response,
    async *events() {
      let fields: Record<string, string> = {};
      const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
      try {
        for await (const line of lines) {
          if (line === "") {
            if (Object.keys(fields).length > 0) yield { data: "", ...fields };
            fields = {};
            continue;
          }
          const colon = line.indexOf(":");
          fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
        }
      } catch (error) {
        // A connection that was cut ends the stream; what it had sent of an event is none.
        if (!response.errored) throw error;
      }
    },
    close: () => request.destroy(),
  };
}

/** The address of a watch. */
export const watchUrl = (server: string, input: object = {}, procedure = "items.watch"): string =>
  `${server}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;

/** The events of a watch that tell something. @throws Error that an event of the stream is */
export async function* watched(stream: EventStream): AsyncGenerator<Watched, void, undefined> {
  for await (const { event, id, data } of stream.events()) {
    if (event === "serialized-error") throw new WatchError(JSON.parse(data) as WatchError["shape"]);
    if (event === undefined && id !== undefined) {
      yield { id, items: (JSON.parse(data) as Pick<Watched, "items">).items };
    }
  }
}

/** The failure that a watch ended with. */
export class WatchError extends Error {
  readonly shape: {
    readonly message: string;
    readonly data: { readonly code: string; readonly reason: string; readonly fields?: object[] };
  };
  constructor(shape: WatchError["shape"]) {
    super(shape.message);
    this.shape = shape;
  }
}

/** Takes events until all these ids were seen. @returns the ids in the order in which they came, and the last cursor */
export async function untilSeen(
  events: AsyncGenerator<Watched, void, undefined>,
  wanted: Iterable<string>,
): Promise<{ ids: string[]; cursor: string }> {
  const missing = new Set(wanted);
  const ids: string[] = [];
  let cursor = "";
  while (missing.size > 0) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`The stream ended before ${[...missing].join(", ")}.`);
    cursor = value.id;
    for (const { id } of value.items) {
      ids.push(id);
      missing.delete(id);
    }
  }
  return { ids, cursor };
}
