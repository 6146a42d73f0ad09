import { join } from "node:path";
import { type EmulatorReady, type Running, startProgram } from "@cosmos-trpc/scripts/processes";
import { keptAlive, send, signWithKey, type Target } from "../wire.ts";
import { docs, writeItem } from "./requests.ts";

/** Signs in as an app does: a token from the identity endpoint. */
async function tokenOf({ env }: EmulatorReady): Promise<string> {
  const resource = encodeURIComponent("https://cosmos.azure.com");
  const response = await fetch(`${env["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=${resource}`, {
    headers: { "x-identity-header": env["IDENTITY_HEADER"] ?? "" },
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

export async function ourTarget({ ready, process: { pid = 0 } }: Running<EmulatorReady>): Promise<Target> {
  const authorization = encodeURIComponent(`type=aad&ver=1.0&sig=${await tokenOf(ready)}`);
  const signedIn = { authorization, "x-ms-version": "2020-07-15" };
  return {
    endpoint: ready.endpoint,
    agent: keptAlive(ready.env["COSMOS_CA_FILE"]),
    pid,
    // Databases and containers take the key: no role has actions for them.
    authorize: (method, type, link) => (type === "docs" ? signedIn : signWithKey(method, type, link)),
  };
}

const findEndpoint = (line: Record<string, unknown>): string | undefined =>
  typeof line["endpoint"] === "string" ? line["endpoint"] : undefined;

export const startPeer = (mode: "keep-alive" | "close"): Promise<Running<string>> =>
  startProgram([join(import.meta.dirname, "../peerServer.ts"), mode], {}, findEndpoint);

/** A server that does nothing, with the certificates of our data folder. */
export function startBare(folder: string): Promise<Running<string>> {
  const files = ["key.pem", "cert.pem"].map((file) => join(folder, "certificates", file));
  return startProgram([join(import.meta.dirname, "../bareServer.ts"), ...files], {}, findEndpoint);
}

export function peerTarget({ ready, process: { pid = 0 } }: Running<string>): Target {
  const signature = signWithKey("get", "docs", docs.slice(1));
  return { endpoint: ready, agent: keptAlive(), pid, authorize: () => signature };
}

export async function makeContainer(target: Target): Promise<void> {
  const headers = { "content-type": "application/json" };
  await send(target, { method: "POST", path: "/dbs", headers, body: '{"id":"bench"}' });
  const body = JSON.stringify({
    id: "items",
    partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 },
    indexingPolicy: {
      includedPaths: [{ path: "/*" }],
      excludedPaths: [],
      // The peer's ORDER BY wants nothing; ours neither for one key.
    },
  });
  await send(target, { method: "POST", path: "/dbs/bench/colls", headers, body });
}

/** Creates the items from `first` to `end` through the wire, over several connections. */
export async function createOverWire(target: Target, first: number, end: number): Promise<void> {
  let next = first;
  const connection = async (): Promise<void> => {
    while (next < end) {
      const n = next;
      next += 1;
      await send(target, writeItem(n, false));
    }
  };
  await Promise.all(Array.from({ length: 16 }, connection));
}

/** Fills a stopped emulator's folder by its own store. */
export async function fillFolder(folder: string, first: number, end: number): Promise<void> {
  const args = [join(import.meta.dirname, "../fillFolder.ts"), folder, String(first), String(end)];
  const filling = await startProgram(args, {}, (line) => ("filled" in line ? line : undefined));
  await filling.stop();
}
