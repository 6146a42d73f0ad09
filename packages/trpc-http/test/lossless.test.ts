import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { initTRPC } from "@trpc/server";
import { describe, expect, it, onTestFinished } from "vitest";
import { createNodeHandler } from "../src/index.ts";

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input((value: unknown) => value).mutation(({ input }) => ({ input })),
  ask: t.procedure.input((value: unknown) => value).query(({ input }) => ({ input })),
});

/** Starts a server. @param body what a body parser has made of each body, where there is one */
async function start(isLossless: boolean, body?: unknown, parseJson: (text: string) => unknown = JSON.parse) {
  const handler = createNodeHandler({ router, parseJson, isLossless, maxBodySize: 1_000 });
  const server = createServer((request, response) => {
    if (body === undefined) return handler(request, response);
    request.resume().once("end", () => handler(Object.assign(request, { body }), response));
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    async post(bytes: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) {
      const init = {
        method: "POST",
        body: bytes,
        headers: { "content-type": "application/json", ...headers },
      };
      const response = await fetch(`${url}/echo`, init);
      return [response.status, await response.text()];
    },
    async get(input: string) {
      const response = await fetch(`${url}/ask?input=${input}`);
      return [response.status, await response.text()];
    },
  };
}

const bytes = Uint8Array.from([0x22, 0xff, 0xfe, 0x22]);

describe("isLossless", () => {
  it("refuses what else is read as something that was not sent", async () => {
    const [lenient, lossless] = [await start(false), await start(true)];
    expect(await lenient.post(bytes)).toEqual([200, expect.stringContaining("\ufffd")]);
    expect(await lossless.post(bytes)).toEqual([400, expect.stringContaining("UTF-8")]);
    expect(await lenient.get("%22%fe%22")).toEqual([200, expect.stringContaining("\ufffd")]);
    expect(await lossless.get("%22%fe%22")).toEqual([400, expect.stringContaining("UTF-8")]);
    expect(await lossless.get("%22%ef%bf%bd%22")).toEqual([200, expect.stringContaining("\ufffd")]);
    expect(await lenient.post("1", { "content-encoding": "gzip" })).toEqual([200, expect.any(String)]);
    expect(await lossless.post("1", { "content-encoding": "gzip" })).toEqual([
      415,
      expect.stringContaining("gzip"),
    ]);
    expect(await lossless.post('"ü"')).toEqual([200, expect.stringContaining("ü")]);
  });

  it("takes what a body parser made of too much, or of nothing, for what it was", async () => {
    const infinite = { up: Number.POSITIVE_INFINITY, down: [Number.NEGATIVE_INFINITY] };
    expect(await (await start(false, infinite)).post("{}")).toEqual([
      200,
      expect.stringContaining('{"up":null,"down":[null]}'),
    ]);
    const seen: string[] = [];
    const lossless = await start(true, infinite, (text) => seen.push(text));
    await lossless.post("{}");
    expect(seen).toEqual(['{"up":1e999,"down":[-1e999]}']);
    expect(await (await start(false, {})).post("")).toEqual([200, expect.stringContaining('"input":{}')]);
    expect(await (await start(true, {})).post("")).toEqual([200, expect.not.stringContaining('"input":{}')]);
  });
});
