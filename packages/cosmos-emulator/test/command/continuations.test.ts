import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../src/index.ts";
import { temporaryFolder } from "../childProcess.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

const docs = "/dbs/d/colls/c/docs";

function post(
  { endpoint, key, caFile }: Emulator,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const signature = masterKeyHeaders({ method: "POST", ...signedParts(path), key });
  return send({
    method: "POST",
    origin: endpoint,
    path,
    ca: readFileSync(caFile, "utf8"),
    headers: { ...signature, ...headers },
    body: JSON.stringify(body),
  });
}

/** A page of one row in the order of values that are too long for a header. */
function page(emulator: Emulator, continuation?: string): Promise<WireAnswer> {
  const query = "SELECT VALUE c.id FROM c JOIN t IN c.tags ORDER BY c.long DESC";
  return post(
    emulator,
    docs,
    { query },
    {
      "content-type": "application/query+json",
      "x-ms-documentdb-isquery": "true",
      "x-ms-documentdb-partitionkey": '["p"]',
      "x-ms-max-item-count": "1",
      ...(continuation === undefined ? {} : { "x-ms-continuation": continuation }),
    },
  );
}

const write = (emulator: Emulator, id: string, last: string): Promise<WireAnswer> =>
  post(
    emulator,
    docs,
    { id, pk: "p", tags: [1, 2], long: `${"x".repeat(20_000)}${last}` },
    { "x-ms-documentdb-partitionkey": '["p"]', "x-ms-documentdb-is-upsert": "true" },
  );

async function filled(dataDir: string): Promise<Emulator> {
  const emulator = await startEmulator({ dataDir });
  await post(emulator, "/dbs", { id: "d" });
  await post(emulator, "/dbs/d/colls", { id: "c", partitionKey: { paths: ["/pk"], kind: "Hash" } });
  for (const last of ["1", "2", "3"]) await write(emulator, last, last);
  return emulator;
}

const tokenOf = ({ headers }: WireAnswer): string => String(headers["x-ms-continuation"]);

it("goes on after a restart in the order of values that are too long for a token", async () => {
  const folder = temporaryFolder();
  let emulator = await filled(folder);
  onTestFinished(() => emulator.close());
  const found: unknown[] = [];
  let answer = await page(emulator);
  for (;;) {
    expect(answer.status).toBe(200);
    found.push(...(answer.json()["Documents"] as unknown[]));
    if (answer.headers["x-ms-continuation"] === undefined) break;
    const token = tokenOf(answer);
    expect(token.length).toBeLessThan(2_000);
    await emulator.close();
    emulator = await startEmulator({ dataDir: folder });
    answer = await page(emulator, token);
  }
  expect(found).toEqual(["3", "3", "2", "2", "1", "1"]);
});

it("refuses to go on when the document that the page ended at has changed since the restart", async () => {
  const folder = temporaryFolder();
  let emulator = await filled(folder);
  onTestFinished(() => emulator.close());
  const token = tokenOf(await page(emulator));
  // While it runs it knows the value.
  await write(emulator, "3", "0");
  expect((await page(emulator, token)).status).toBe(200);
  await emulator.close();
  emulator = await startEmulator({ dataDir: folder });
  const refused = await page(emulator, token);
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("has changed since");
});
