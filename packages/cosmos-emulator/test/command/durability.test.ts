import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { startEmulatorProcess, temporaryFolder } from "../childProcess.ts";
import { send } from "../httpsRequest.ts";
import { masterKeyHeaders, wellKnownKey } from "../masterKey.ts";
import { fillFolder, openClient, testContainer } from "./fillFolder.ts";

const upserts = 1000;
const writers = 32;

it("has every acknowledged write after kill -9 in the middle of 1,000 upserts", async () => {
  const folder = temporaryFolder();
  const first = await startEmulatorProcess(folder);
  const { client, close } = openClient(first.endpoint, first.env["COSMOS_CA_FILE"] ?? "", wellKnownKey);
  const container = await testContainer(client);
  const killAfter = 50 + Math.floor(Math.random() * 850);
  const acknowledged = new Map<string, string>();
  let next = 0;
  async function write(): Promise<void> {
    while (next < upserts && !first.child.killed) {
      const id = `item-${next}`;
      next += 1;
      const { etag } = await container.items.upsert({ id, pk: `pk-${next % 10}`, text: "x".repeat(500) });
      acknowledged.set(id, etag);
      if (acknowledged.size === killAfter) first.child.kill("SIGKILL");
    }
  }
  // A writer whose answer is lost retries by itself for a while: the process's end is the end of the writing.
  const writing = Promise.allSettled(Array.from({ length: writers }, write));
  await Promise.race([writing, first.exit]);
  expect((await first.exit).signal).toBe("SIGKILL");
  const heard = [...acknowledged];
  close();
  expect(heard.length).toBeGreaterThanOrEqual(killAfter);

  const second = await startEmulator({ dataDir: folder });
  const again = openClient(second.endpoint, second.caFile, second.key);
  const reopened = await testContainer(again.client);
  for (const [id, etag] of heard) {
    const pk = `pk-${(Number(id.slice("item-".length)) + 1) % 10}`;
    const read = await reopened.item(id, pk).read();
    expect([id, read.statusCode, read.etag]).toEqual([id, 200, etag]);
  }
  const { etag } = await reopened.items.upsert({ id: "after", pk: "p" });
  expect(heard.map((entry) => entry[1])).not.toContain(etag);
  again.close();
  await second.close();

  const database = new DatabaseSync(join(folder, "cosmos.db"));
  expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  database.close();
});

/** Waits until nothing listens at a port any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (!isOpen) return;
  }
}

it.each(["SIGTERM", "SIGINT"] as const)(
  "answers what is in flight at %s, and exits with 0",
  async (signal) => {
    const folder = temporaryFolder();
    await fillFolder(folder, 1);
    const emulator = await startEmulatorProcess(folder);
    const ca = readFileSync(emulator.env["COSMOS_CA_FILE"] ?? "", "utf8");
    const { port } = new URL(emulator.endpoint);
    // The clients keep their connections, as SDKs do: one idle, one with half a request.
    const agent = new Agent({ keepAlive: true, ca });
    const [idle] = await once(request({ port, path: "/", agent }).end(), "response");
    idle.resume();
    await once(idle, "end");

    const link = "dbs/kept/colls/items";
    const outgoing = request({
      port,
      agent: new Agent({ keepAlive: true, ca }),
      method: "POST",
      path: `/${link}/docs`,
      headers: {
        ...masterKeyHeaders({ method: "POST", type: "docs", link, key: wellKnownKey }),
        "x-ms-documentdb-partitionkey": '["p"]',
        "transfer-encoding": "chunked",
        // The answer to this says that the server has the request.
        expect: "100-continue",
      },
    });
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    outgoing.write('{"id":"in-flight",');
    emulator.child.kill(signal);
    await untilRefused(Number(port));
    outgoing.end('"pk":"p"}');
    const [incoming] = await once(outgoing, "response");
    expect(incoming.statusCode).toBe(201);
    incoming.resume();
    expect(await emulator.exit).toMatchObject({ code: 0, signal: null, stderr: "" });
    agent.destroy();

    const again = await startEmulator({ dataDir: folder });
    const { client, close } = openClient(again.endpoint, again.caFile, again.key);
    expect((await (await testContainer(client)).item("in-flight", "p").read()).statusCode).toBe(200);
    close();
    await again.close();
  },
);

it("keeps data, certificates and tokens over a restart on the same folder", async () => {
  const folder = temporaryFolder();
  await fillFolder(folder, 3);
  const first = await startEmulator({ dataDir: folder });
  const ca = readFileSync(first.caFile, "utf8");
  const before = await send({ origin: first.endpoint, path: "/dbs/kept", ca, headers: signed("dbs/kept") });
  const resource = "https://cosmos.azure.com";
  const issued = await send({
    origin: first.env["IDENTITY_ENDPOINT"] ?? "",
    path: `/msi/token?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`,
    headers: { "x-identity-header": first.env["IDENTITY_HEADER"] },
  });
  const token = String(issued.json()["access_token"]);
  await first.close();

  const second = await startEmulator({ dataDir: folder });
  expect(readFileSync(second.caFile, "utf8")).toBe(ca);
  expect(second.env["IDENTITY_HEADER"]).toBe(first.env["IDENTITY_HEADER"]);
  const after = await send({ origin: second.endpoint, path: "/dbs/kept", ca, headers: signed("dbs/kept") });
  expect([after.status, after.text]).toEqual([200, before.text]);
  const read = await send({
    origin: second.endpoint,
    path: "/dbs/kept/colls/items/docs/item-0",
    ca,
    headers: { authorization: `type=aad&ver=1.0&sig=${token}`, "x-ms-documentdb-partitionkey": '["pk-0"]' },
  });
  expect([read.status, read.json()["id"]]).toEqual([200, "item-0"]);
  await second.close();
});

const signed = (link: string): Record<string, string> =>
  masterKeyHeaders({ method: "GET", type: "dbs", link, key: wellKnownKey });

it("takes no second number for a document after a restart", async () => {
  const folder = temporaryFolder();
  const rids = new Set<unknown>();
  for (let run = 0; run < 3; run += 1) {
    const emulator = await startEmulator({ dataDir: folder });
    const { client, close } = openClient(emulator.endpoint, emulator.caFile, emulator.key);
    const container = await testContainer(client);
    const { resource } = await container.items.create({ id: "same", pk: "p" });
    rids.add(resource?._rid);
    await container.item("same", "p").delete();
    close();
    await emulator.close();
  }
  expect(rids.size).toBe(3);
});

it("makes new certificates and a new signing key where the kept ones are unreadable", async () => {
  const folder = temporaryFolder();
  await fillFolder(folder, 1);
  writeFileSync(join(folder, "certificates", "cert.pem"), "half");
  writeFileSync(join(folder, "signing-key.json"), '{"id":');
  await fillFolder(folder, 0);
  const emulator = await startEmulator({ dataDir: folder });
  const { client, close } = openClient(emulator.endpoint, emulator.caFile, emulator.key);
  expect((await (await testContainer(client)).item("item-0", "pk-0").read()).statusCode).toBe(200);
  close();
  await emulator.close();
});

it("removes the folder of a run that was given none", async () => {
  const emulator = await startEmulator();
  expect(existsSync(emulator.caFile)).toBe(true);
  await Promise.all([emulator.close(), emulator.close()]);
  expect(existsSync(emulator.caFile)).toBe(false);
});
