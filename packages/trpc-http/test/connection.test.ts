import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { AnyTRPCRouter } from "@trpc/server";
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { describe, expect, it } from "vitest";
import { createNodeHandler, type NodeHandlerOptions } from "../src/index.ts";
import { RawConnection, type Sight } from "./rawClient.ts";
import { get, post, spell } from "./requests.ts";
import { comparable, type ServerPair, type Side, startPair } from "./serverPair.ts";
import { setups } from "./setups.ts";

/** Has the same conversation with both servers and asserts that both said the same. */
async function expectSameTalk(pair: ServerPair, talk: (connection: RawConnection) => Promise<Sight[]>) {
  const [theirs, ours] = await Promise.all(
    [pair.theirs, pair.ours].map((side: Side) => talk(side.connection)),
  );
  expect(ours?.map(comparable)).toEqual(theirs?.map(comparable));
  return ours ?? [];
}

/** Writes piece by piece, and lets each leave before the next. */
async function trickle(connection: RawConnection, bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) {
    connection.write(bytes.subarray(at, at + size));
    await setImmediate();
  }
}

function status(sight: Sight | undefined): number {
  return sight === undefined || sight === "closed" ? 0 : Number(sight.statusLine.split(" ")[1]);
}

describe("one connection", () => {
  it("carries pipelined requests, answered in order", async () => {
    await using pair = await startPair(setups.plain);
    const requests = [
      get("later.on", "slow to load"),
      get("hello"),
      post("store", { a: 1 }),
      get("nowhere"),
      post("store", 1, "text/plain"),
      get("hello,who", undefined, "batch=1"),
    ];
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(Buffer.concat(requests.map(spell)));
      const sights: Sight[] = [];
      for (const _ of requests) sights.push(await connection.read());
      return sights;
    });
    expect(answers.map(status)).toEqual([200, 200, 200, 404, 415, 200]);
  });

  it("carries a HEAD and then a GET", async () => {
    await using pair = await startPair(setups.plain);
    await expectSameTalk(pair, async (connection) => {
      connection.write(spell({ method: "HEAD", target: "/hello" }));
      const head = await connection.read({ toHead: true });
      connection.write(spell(get("hello")));
      return [head, await connection.read()];
    });
  });

  it("takes a head and a body byte by byte", async () => {
    await using pair = await startPair(setups.plain);
    const answers = await expectSameTalk(pair, async (connection) => {
      await trickle(connection, spell(post("store", { slow: "ünïcödé" })), 1);
      return [await connection.read()];
    });
    expect(answers.map(status)).toEqual([200]);
  });

  it("takes a body in chunks", async () => {
    await using pair = await startPair(setups.plain);
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(
        "POST /store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
          "4\r\n[1, \r\n3\r\n 2]\r\n0\r\n\r\n",
      );
      return [await connection.read()];
    });
    expect(answers.map(status)).toEqual([200]);
  });

  it("ends with a chunk that is none", async () => {
    await using pair = await startPair(setups.plain);
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(
        "POST /store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      );
      return [await connection.read(), await connection.read()];
    });
    expect(answers.map(status)).toEqual([400, 0]);
  });

  it("gets its answer before a body that no procedure reads is complete", async () => {
    await using pair = await startPair(setups.plain);
    const request = spell({ ...post("touch"), body: "x".repeat(50) });
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(request.subarray(0, -20));
      const early = await connection.read();
      connection.write(request.subarray(-20));
      connection.write(spell(get("hello")));
      return [early, await connection.read()];
    });
    expect(answers.map(status)).toEqual([200, 200]);
  });

  it("gets its refusal before a body that is too large is complete", async () => {
    await using pair = await startPair(setups.smallBodies);
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(
        "POST /store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n",
      );
      connection.write(Buffer.alloc(60, " "));
      const early = await connection.read();
      connection.write(Buffer.alloc(30, " "));
      connection.write(spell(get("hello")));
      return [early, await connection.read()];
    });
    expect(answers.map(status)).toEqual([413, 200]);
  });

  it("is told to go on with a body", async () => {
    await using pair = await startPair(setups.plain);
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(
        "POST /store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
      );
      const interim = await connection.read();
      connection.write("[1]");
      return [interim, await connection.read()];
    });
    expect(answers.map(status)).toEqual([100, 200]);
  });

  it("is refused what nobody can expect", async () => {
    await using pair = await startPair(setups.plain);
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(spell({ ...get("hello"), headers: [["Expect", "a miracle"]] }));
      return [await connection.read()];
    });
    expect(answers.map(status)).toEqual([417]);
  });

  it("may end in the middle of a body", async () => {
    await using pair = await startPair(setups.plain);
    for (const side of [pair.theirs, pair.ours]) {
      side.connection.write(spell({ ...post("store"), body: "[1, 2, 3]" }).subarray(0, -4));
      await side.connection.end();
      side.connection = new RawConnection(side.port);
    }
    const answers = await expectSameTalk(pair, async (connection) => {
      connection.write(spell(get("hello")));
      return [await connection.read()];
    });
    expect(answers.map(status)).toEqual([200]);
  });
});

describe.each([
  ["theirs", createHTTPHandler],
  ["ours", createNodeHandler],
] satisfies [string, (options: NodeHandlerOptions<AnyTRPCRouter>) => RequestListener][])(
  "a call's signal: %s",
  (_, create) => {
    const t = initTRPC.create();

    /** A server whose `wait` calls report here that they have begun and that they were aborted. */
    async function startWaiting() {
      const events = new EventEmitter();
      const signals: (AbortSignal | undefined)[] = [];
      const wait = t.procedure.query(({ signal }) => {
        events.emit("begun");
        return new Promise<string>((resolve) => {
          signal?.addEventListener("abort", () => {
            events.emit("aborted");
            resolve("gone");
          });
        });
      });
      const router = t.router({
        wait,
        quick: t.procedure.query(({ signal }) => void signals.push(signal)),
        store: t.procedure
          .input((value: unknown) => value)
          .use(({ signal, next }) => {
            signals.push(signal);
            return next();
          })
          .mutation(() => "stored"),
      });
      const server = createServer(create({ router }));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const gone = once(server, "connection").then(([socket]) => once(socket, "close"));
      const connection = new RawConnection((server.address() as AddressInfo).port);
      return {
        gone,
        events,
        signals,
        server,
        connection,
        async [Symbol.asyncDispose]() {
          await connection.end();
          server.closeAllConnections();
          server.close();
          await once(server, "close");
        },
      };
    }

    it("aborts when the client goes", async () => {
      await using waiting = await startWaiting();
      const begun = once(waiting.events, "begun");
      waiting.connection.write(spell(get("wait")));
      await begun;
      const aborted = once(waiting.events, "aborted");
      await waiting.connection.end();
      await aborted;
    });

    it("aborts for each call of a batch and for requests that wait their turn", async () => {
      await using waiting = await startWaiting();
      let begun = 0;
      const allBegun = new Promise<void>((resolve) => {
        waiting.events.on("begun", () => ++begun === 3 && resolve());
      });
      waiting.connection.write(
        Buffer.concat([spell(get("wait,wait", undefined, "batch=1")), spell(get("wait"))]),
      );
      await allBegun;
      let aborted = 0;
      const allAborted = new Promise<void>((resolve) => {
        waiting.events.on("aborted", () => ++aborted === 3 && resolve());
      });
      await waiting.connection.end();
      await allAborted;
    });

    it("stays as it is when the answer was sent", async () => {
      await using waiting = await startWaiting();
      for (const request of [get("quick"), post("store", 1)]) {
        waiting.connection.write(spell(request));
        expect(status(await waiting.connection.read())).toBe(200);
      }
      await waiting.connection.end();
      // Only once the server has seen the connection go can it have drawn the wrong conclusion.
      await waiting.gone;
      expect(waiting.signals.map((signal) => signal?.aborted)).toEqual([false, false]);
    });
  },
);
