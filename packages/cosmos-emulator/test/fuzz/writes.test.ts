import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { temporaryFolder } from "../childProcess.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

const docs = "/dbs/d/colls/c/docs";

/** Good ones often enough that some batches and patches succeed as a whole. */
const id = fc.oneof(
  { arbitrary: fc.constantFrom("a", "b", "c"), weight: 4 },
  { arbitrary: fc.constantFrom("__proto__", "", "x/y", "\ud800"), weight: 1 },
);
const name = fc.constantFrom(
  "n",
  "u",
  "tags",
  "0",
  "-",
  "__proto__",
  "constructor",
  "ttl",
  "new",
  "a~b",
  "pk",
  "id",
);
const pointer = fc.oneof(
  fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`),
  fc.string({ maxLength: 10 }),
);
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(1, -1, 1e308, "\ud800", null));
const patchOperation = fc.record(
  {
    op: fc.constantFrom("add", "set", "replace", "remove", "incr", "move", "copy"),
    path: pointer,
    from: pointer,
    value,
  },
  { requiredKeys: ["op", "path"] },
);
const patch = fc.oneof(
  { arbitrary: fc.array(patchOperation, { minLength: 1, maxLength: 4 }), weight: 3 },
  {
    arbitrary: fc.record({
      condition: fc.constantFrom(
        "FROM c WHERE c.n > 0",
        "FROM c",
        "from",
        "FROM c WHERE",
        "FROM c JOIN t IN c.tags",
        "FROM c ORDER BY c.n",
      ),
      operations: fc.array(patchOperation, { minLength: 1, maxLength: 2 }),
    }),
    weight: 2,
  },
  { arbitrary: fc.jsonValue(), weight: 1 },
);
/** Mostly good documents, some with properties that nothing had before. */
const documentOf = fc
  .tuple(
    id,
    fc.constantFrom("p", "q"),
    fc.integer({ min: 0, max: 5 }),
    fc.dictionary(fc.string({ maxLength: 3 }), value, { maxKeys: 3 }),
  )
  .map(([key, pk, u, rest]) => ({ ...rest, id: key, pk, u, n: 1, tags: ["x"] }));
const operation = fc.oneof(
  fc.record(
    {
      operationType: fc.constantFrom("Create", "Upsert", "Upsert", "Replace", "Delete", "Read", "Patch"),
      id,
      partitionKey: fc.constantFrom('["p"]', '["p"]', '["p"]', '["p"]', '["q"]', "[]", "p"),
      resourceBody: fc.oneof({ arbitrary: documentOf, weight: 3 }, { arbitrary: patch, weight: 2 }),
      ifMatch: fc.constantFrom("*", '"x"', ""),
      ifNoneMatch: fc.constantFrom("*", '"x"'),
    },
    { requiredKeys: ["operationType", "id", "resourceBody"] },
  ),
  { arbitrary: fc.jsonValue(), weight: 0 },
);
const request = fc.oneof(
  fc.record({
    method: fc.constant("POST"),
    path: fc.constant(docs),
    atomic: fc.boolean(),
    continues: fc.boolean(),
    body: fc.oneof(
      { arbitrary: fc.array(operation, { minLength: 1, maxLength: 5 }), weight: 5 },
      { arbitrary: fc.jsonValue(), weight: 1 },
    ),
  }),
  fc.record({
    method: fc.constant("PATCH"),
    path: fc.constantFrom(`${docs}/a`, `${docs}/b`),
    atomic: fc.constant(false),
    continues: fc.constant(false),
    body: patch,
  }),
);

it("answers any batch and any patch, does all or nothing of what is atomic, and keeps its file whole", async () => {
  const folder = temporaryFolder();
  const faults: unknown[] = [];
  const emulator = await startEmulator({ dataDir: folder, onFault: (error) => faults.push(error) });
  const ca = readFileSync(emulator.caFile, "utf8");
  const call = (
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<WireAnswer> =>
    send({
      method,
      origin: emulator.endpoint,
      path,
      ca,
      headers: { ...masterKeyHeaders({ method, ...signedParts(path), key: emulator.key }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  await call("POST", "/dbs", '{"id":"d"}');
  const uniqueKeyPolicy = { uniqueKeys: [{ paths: ["/u"] }, { paths: ["/n", "/id"] }] };
  const definition = { id: "c", partitionKey: { paths: ["/pk"], kind: "Hash" }, uniqueKeyPolicy };
  expect((await call("POST", "/dbs/d/colls", JSON.stringify(definition))).status).toBe(201);
  const lsn = async (): Promise<unknown> => (await call("GET", "/dbs/d/colls/c")).headers["lsn"];

  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, atomic, continues, body }) => {
      const before = await lsn();
      const answer = await call(method, path, JSON.stringify(body), {
        "x-ms-documentdb-partitionkey": '["p"]',
        "x-ms-cosmos-is-batch-request": "True",
        "x-ms-cosmos-batch-atomic": String(atomic),
        "x-ms-cosmos-batch-continue-on-error": String(continues),
      });
      seen.add(answer.status);
      expect(answer.status).toBeLessThan(500);
      // What is refused as a whole has taken no log sequence number: it has written nothing.
      if (answer.status >= 400 || (atomic && answer.status === 207)) expect(await lsn()).toBe(before);
    }),
    { numRuns: 600 },
  );
  for (const status of [200, 207, 400]) expect(seen).toContain(status);
  await emulator.close();
  expect(faults).toEqual([]);

  const file = new DatabaseSync(join(folder, "cosmos.db"));
  const count = (query: string): number => Number(file.prepare(query).get()?.["n"]);
  const number = count("SELECT number AS n FROM containers");
  const [documents, terms, paths, unique] = ["documents", "terms", "paths", "unique"].map(
    (kind) => `${kind}_${number}`,
  );
  expect(count(`SELECT count(*) AS n FROM ${documents}`)).toBeGreaterThan(0);
  expect(count(`SELECT count(*) AS n FROM ${unique}`)).toBe(
    2 * count(`SELECT count(*) AS n FROM ${documents}`),
  );
  for (const table of [terms, unique]) {
    const strays = `SELECT count(*) AS n FROM ${table} WHERE number NOT IN (SELECT number FROM ${documents})`;
    expect([table, count(strays)]).toEqual([table, 0]);
  }
  expect(count(`SELECT count(*) AS n FROM ${terms} WHERE path NOT IN (SELECT number FROM ${paths})`)).toBe(0);
  expect(file.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  file.close();
});
