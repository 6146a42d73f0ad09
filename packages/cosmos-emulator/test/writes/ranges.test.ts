import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { temporaryFolder } from "../childProcess.ts";
import { openClient, testContainer } from "../command/fillFolder.ts";
import { send } from "../httpsRequest.ts";
import { masterKeyHeaders } from "../masterKey.ts";

it("answers 410 with 1002 to a bulk request whose key lies in another range", async () => {
  const emulator = await startEmulator({ physicalPartitions: 4 });
  const { client, close } = openClient(emulator.endpoint, emulator.caFile, emulator.key);
  const container = await testContainer(client);
  const statuses: number[] = [];
  for (const range of ["0", "1", "2", "3"]) {
    const answer = await send({
      method: "POST",
      origin: emulator.endpoint,
      path: "/dbs/kept/colls/items/docs",
      ca: readFileSync(emulator.caFile, "utf8"),
      headers: {
        ...masterKeyHeaders({
          method: "POST",
          type: "docs",
          link: "dbs/kept/colls/items",
          key: emulator.key,
        }),
        "x-ms-cosmos-is-batch-request": "True",
        "x-ms-cosmos-batch-atomic": "False",
        "x-ms-documentdb-partitionkeyrangeid": range,
      },
      body: JSON.stringify([
        { operationType: "Upsert", partitionKey: '["p"]', resourceBody: { id: "a", pk: "p" } },
      ]),
    });
    statuses.push(answer.status);
    if (answer.status === 410) expect(answer.headers["x-ms-substatus"]).toBe("1002");
  }
  expect(statuses.toSorted()).toEqual([200, 410, 410, 410]);
  expect((await container.item("a", "p").read()).statusCode).toBe(200);
  close();
  await emulator.close();
});

it("removes from the file what is past its time, also what ran out while it was closed", async () => {
  const folder = temporaryFolder();
  const first = await startEmulator({ dataDir: folder });
  const { client, close } = openClient(first.endpoint, first.caFile, first.key);
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({
    id: "c",
    partitionKey: "/pk",
    defaultTtl: 1,
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/u"] }] },
  });
  for (let n = 0; n < 20; n += 1) await container.items.create({ id: `i-${n}`, pk: "p", u: n });
  close();
  await first.close();

  const second = await startEmulator({ dataDir: folder });
  const again = openClient(second.endpoint, second.caFile, second.key);
  const rest = again.client.database("db").container("c");
  const lsn = async (): Promise<number> => Number((await rest.read()).headers["lsn"]);
  while ((await lsn()) < 40) await nextTurn();
  again.close();
  await second.close();

  const file = new DatabaseSync(join(folder, "cosmos.db"));
  const tables = file
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => /^(documents|terms|unique)_/.test(name));
  expect(tables).toHaveLength(3);
  for (const table of tables) {
    expect([table, file.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]]).toEqual([table, 0]);
  }
  file.close();
});
