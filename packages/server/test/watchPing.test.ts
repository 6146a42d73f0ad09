import { expect, onTestFinished, test } from "vitest";
import { eventStream } from "../src/http/limits.ts";
import { openStream, watchUrl } from "./eventStream.ts";
import { useServer } from "./serverOfFile.ts";

const running = useServer();

test("a silent watch pings, and tells its client after how much silence to connect again", async () => {
  const stream = await openStream(watchUrl(running.server.url));
  onTestFinished(() => stream.close());
  const events = stream.events();
  const take = async () => {
    const { value } = await events.next();
    return value ?? { event: "the end", data: "" };
  };
  const connected = await take();
  expect(connected).toMatchObject({ event: "connected" });
  expect(JSON.parse(connected.data)).toEqual({
    reconnectAfterInactivityMs: eventStream.client.reconnectAfterInactivityMs,
  });
  expect((await take()).event).toBeUndefined();
  expect(await take()).toMatchObject({ event: "ping" });
  expect(eventStream.ping.intervalMs).toBeLessThan(eventStream.client.reconnectAfterInactivityMs);
});
