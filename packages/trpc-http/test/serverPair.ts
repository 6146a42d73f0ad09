import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect, isDeepStrictEqual } from "node:util";
import type { AnyTRPCRouter } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { expect } from "vitest";
import { createNodeHandler, type NodeHandlerOptions } from "../src/index.ts";
import { RawConnection, type RawResponse, type Sight } from "./rawClient.ts";

/** What a handler's options tell their owner: each callback's name and what it was given. */
export type Diary = string[];

/** Handler options that write what their callbacks see into a diary. */
export type Setup = (diary: Diary) => NodeHandlerOptions<AnyTRPCRouter>;

/** One of the two servers under comparison. */
export interface Side {
  readonly port: number;
  readonly diary: Diary;
  connection: RawConnection;
}

/** tRPC's handler and ours with the same options, each on a server of its own. */
export interface ServerPair extends AsyncDisposable {
  readonly theirs: Side;
  readonly ours: Side;
}

/**
 * Starts both servers with one set-up.
 *
 * @param ours the handler under test and the set-up it gets, where that comes from another build.
 */
export async function startPair(
  setup: Setup,
  ours: { readonly create: typeof createNodeHandler; readonly setup: Setup } = {
    create: createNodeHandler,
    setup,
  },
): Promise<ServerPair> {
  const servers: Server[] = [];
  const start = async (
    create: (options: NodeHandlerOptions<AnyTRPCRouter>) => RequestListener,
    side: Setup,
  ) => {
    const diary: Diary = [];
    const server = createServer(create(side(diary)));
    // A connection that waits for its set-up's next turn stays open: a server that ends it just then would look like
    // an answer.
    server.keepAliveTimeout = 3_600_000;
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { port, diary, connection: new RawConnection(port) };
  };
  const [theirs, own] = await Promise.all([start(createHTTPHandler, setup), start(ours.create, ours.setup)]);
  return {
    theirs,
    ours: own,
    async [Symbol.asyncDispose]() {
      await Promise.all([theirs.connection.end(), own.connection.end()]);
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      }
    },
  };
}

/** Sends the same bytes to both servers and asserts that nobody could tell the answers apart. */
export async function expectSame(
  pair: ServerPair,
  request: string | Uint8Array,
): Promise<RawResponse | "closed"> {
  const toHead = Buffer.from(request.slice(0, 5)).toString() === "HEAD ";
  const [theirs, ours] = await Promise.all(
    [pair.theirs, pair.ours].map((side) => exchange(side, request, toHead)),
  );
  const seen = [comparable(ours as Sight), pair.ours.diary.splice(0)];
  const wanted = [comparable(theirs as Sight), pair.theirs.diary.splice(0)];
  // Only what differs goes to `expect`, which shows where but costs as much as the answer did.
  if (!isDeepStrictEqual(seen, wanted)) expect(seen).toEqual(wanted);
  return ours as Sight;
}

async function exchange(side: Side, request: string | Uint8Array, toHead: boolean): Promise<Sight> {
  if (side.connection.closed) side.connection = new RawConnection(side.port);
  side.connection.write(request);
  const sight = await side.connection.read({ toHead });
  // Nothing more is coming on a connection that says so: see it closed before the next request is written to it.
  if (sight !== "closed" && header(sight, "connection") === "close") await side.connection.end();
  return sight;
}

function header(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Whether our own code answered, not tRPC's: only we know a body's length before we send it. */
export function isOwnAnswer(sight: Sight): boolean {
  return (
    sight !== "closed" && header(sight, "content-length") !== undefined && header(sight, "vary") !== undefined
  );
}

/**
 * What must be equal. Two things are left out:
 * - how the body is framed: tRPC's handler streams every body in chunks and we send ours in one piece, which is the
 *   point of this package. The body itself is compared whole, and a length that is wrong would garble what follows.
 * - the value of `Date`, since the two answers may fall on both sides of a second.
 */
export function comparable(sight: Sight): unknown {
  if (sight === "closed") return sight;
  return {
    status: sight.statusLine,
    headers: sight.headers
      .filter(([name]) => !["transfer-encoding", "content-length"].includes(name.toLowerCase()))
      .map(([name, value]) => (name === "Date" ? [name, ""] : [name, value])),
    body: sight.body.toString("latin1"),
  };
}

/** A value as a line of a diary: deep, sorted and without what differs from run to run. */
export function note(name: string, value: unknown): string {
  return `${name} ${inspect(value, { depth: 6, sorted: true, breakLength: Number.POSITIVE_INFINITY })}`;
}
