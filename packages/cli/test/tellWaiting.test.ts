import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type RunningCli, startCli } from "./runningCli.ts";

/** A server whose answers are the test's. */
async function startSilently() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const asked = async () => (await once(server, "request")) as [IncomingMessage, ServerResponse];
  return { url: `http://127.0.0.1:${port}`, asked };
}

/** Resolves when a run has told that it waits. */
function hasTold({ child }: RunningCli): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("waiting for")) resolve();
    });
  });
}

const item = { id: "ada", pk: "ada", name: "Ada", _etag: "1", _ts: 1767225600 };

const answer = (response: ServerResponse): void => {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ result: { data: item } }));
};

test("on a terminal it is told what is waited for; what machines read has nothing of it", async () => {
  const { url, asked } = await startSilently();
  const args = ["items", "get", "ada", "--json", "--url", url];
  const unwatched = startCli(args);
  const [, first] = await asked();
  const watched = startCli(args, { isWatched: true });
  const [, second] = await asked();
  await hasTold(watched);
  for (const response of [first, second]) answer(response);
  expect(await unwatched.ended).toEqual({ code: 0, stdout: `${JSON.stringify(item)}\n`, stderr: "" });
  expect(await watched.ended).toEqual({
    code: 0,
    stdout: `${JSON.stringify(item)}\n`,
    stderr: `\r\u001b[Kcosmos-trpc: waiting for ${url}: it has not answered yet.\n`,
  });
});

test("a watch whose server went away tells so, once for each silence", async () => {
  const { url, asked } = await startSilently();
  const watch = startCli(["items", "watch", "--url", url], { isWatched: true });
  const [, stream] = await asked();
  stream.writeHead(200, { "content-type": "text/event-stream" });
  stream.end("event: connected\ndata: {}\n\n");
  await Promise.all([asked(), hasTold(watch)]);
  watch.child.kill("SIGINT");
  const { code, stderr } = await watch.ended;
  expect(code).toBe(130);
  expect(stderr.match(/waiting for/g)).toHaveLength(1);
});
