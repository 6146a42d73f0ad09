import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";

/** A watcher on a connection of its own, which looks for ids in what it is sent, and keeps nothing else. */
export interface Subscriber {
  /** Resolves when an event has named an item. */
  seen(id: string): Promise<void>;
  close(): void;
}

/** Opens a watch; resolves when it has been told where it begins. */
export async function subscribe(url: string): Promise<Subscriber> {
  const request = get(`${url}/trpc/items.watch`, { agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  let wanted = { mark: "id: ", found: () => undefined as unknown };
  const { promise: began, resolve } = Promise.withResolvers<void>();
  wanted.found = resolve;
  response.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (text.includes(wanted.mark)) {
      wanted.found();
      text = "";
    } else if (text.length > 65_536) text = text.slice(-1_024);
  });
  // The measurement ends by cutting the connections.
  response.on("error", () => undefined);
  request.on("error", () => undefined);
  await began;
  return {
    seen(id) {
      const { promise, resolve: found } = Promise.withResolvers<void>();
      wanted = { mark: `"id":"${id}"`, found };
      return promise;
    },
    close: () => request.destroy(),
  };
}
