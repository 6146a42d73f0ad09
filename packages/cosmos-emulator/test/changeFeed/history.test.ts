import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { PartitionKeyDefinition } from "../../src/partitionKey/partitionKey.ts";
import { openStore } from "../../src/store/openStore.ts";
import { temporaryFolder } from "../childProcess.ts";

/** A store with one container that keeps its history, and a way to put documents in. */
function openHistory() {
  const store = openStore(join(temporaryFolder(), "cosmos.db"));
  onTestFinished(() => store.close());
  const partitionKey: PartitionKeyDefinition = { paths: ["/pk"], kind: "Hash", version: 2 };
  const definition = {
    id: "c",
    partitionKey: { ...partitionKey },
    defaultTtl: -1,
    changeFeedPolicy: { retentionDuration: 5 },
  };
  const range = { id: "0", min: "", max: "FF", parents: [] };
  const { documents } = store.transaction(() =>
    store.catalog.createContainer(store.catalog.createDatabase("d"), {
      id: "c",
      partitionKey,
      definition,
      ranges: [range],
    }),
  );
  const { history } = documents;
  function insert(id: string, ttl: number | null, ts: number): void {
    const lsn = documents.nextLsn();
    const content = { id, pk: "p" };
    const place = { number: lsn, lsn, etag: `"${lsn}"`, ts, ttl, epk: "00" };
    documents.insert({ ...place, content, key: { pk: '["p"]', id }, body: JSON.stringify(content) });
  }
  const shown = () =>
    [...history.read(0, { range })].map(({ lsn, operation, expired }) => [lsn, operation, expired]);
  return { store, documents, insert, shown };
}

it("tells deletes by the time to live from others, and numbers those that have no number", () => {
  const { store, documents, insert, shown } = openHistory();
  const now = Math.floor(Date.now() / 1000);
  store.transaction(() => {
    insert("expired", 10, now - 20);
    insert("alive", 1000, now - 20);
  });
  store.transaction(() => {
    for (const document of [...documents.scan(0)]) documents.remove(document);
  });
  expect(shown()).toEqual([
    [1, "create", 0],
    [2, "create", 0],
    [3, "delete", 1],
    [4, "delete", 0],
  ]);
  expect(documents.lsn()).toBe(4);
});

it("has nothing of a transaction that did not commit", () => {
  const { store, documents, insert, shown } = openHistory();
  const now = Math.floor(Date.now() / 1000);
  store.transaction(() => insert("kept", null, now));
  const failing = () =>
    store.transaction(() => {
      insert("lost", null, now);
      for (const document of [...documents.scan(0)]) documents.remove(document);
      throw new Error("on purpose");
    });
  expect(failing).toThrow("on purpose");
  store.transaction(() => insert("next", null, now));
  expect(shown()).toEqual([
    [1, "create", 0],
    [2, "create", 0],
  ]);
});
