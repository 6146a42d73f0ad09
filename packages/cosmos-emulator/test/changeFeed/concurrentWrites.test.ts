import { ChangeFeedMode, ChangeFeedStartFrom, type Container } from "@azure/cosmos";
import { expect, it } from "vitest";
import { type Item, openFeedAccount, type Page } from "./feedAccount.ts";

const writers = 4;
const rounds = 4;
const writesPerRound = 25;

/** The last version that each document was given; 0 for one that was deleted. */
type Versions = Map<string, number>;

const keyOf = (writer: number): string => `writer-${writer}`;

/** One writer's share of a round: documents of its own, versions that grow, a delete (version 0) now and then. */
function plan(writer: number, round: number, versions: Versions): { id: string; version: number }[] {
  return Array.from({ length: writesPerRound }, (_, n) => {
    const id = `${keyOf(writer)}-${n % 6}`;
    const isDelete = n % 5 === 4 && (versions.get(id) ?? 0) > 0;
    const version = isDelete ? 0 : round * writesPerRound + n + 1;
    versions.set(id, version);
    return { id, version };
  });
}

async function write(container: Container, writer: number, round: number, versions: Versions): Promise<void> {
  const pk = keyOf(writer);
  for (const { id, version } of plan(writer, round, versions)) {
    if (version === 0) await container.item(id, pk).delete();
    else await container.items.upsert({ id, pk, version });
  }
}

it("gives a reader that is stopped every now and then each last version, in order, with nothing lost", async () => {
  const account = await openFeedAccount(4);
  const versions: Versions = new Map();
  const seen: Versions = new Map();
  let saved: string | undefined;

  /** Reads until there is nothing new and the writers are done. What the last page had is not saved: it comes again. */
  async function read(isWriting: () => boolean): Promise<void> {
    const start =
      saved === undefined ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.Continuation(saved);
    const iterator = account.container.items.getChangeFeedIterator({
      changeFeedStartFrom: start,
      maxItemCount: 5,
    });
    const last = new Map<string, number>();
    for (;;) {
      const wasWriting = isWriting();
      const page = (await iterator.readNext()) as unknown as Page;
      if (page.statusCode === 304 && !wasWriting) return;
      for (const { id, pk, version, _lsn } of page.result) {
        expect(_lsn).toBeGreaterThan(last.get(pk) ?? 0);
        last.set(pk, _lsn);
        seen.set(id, Number(version));
      }
      if (wasWriting) saved = page.continuationToken;
    }
  }

  for (let round = 0; round < rounds; round += 1) {
    let isWriting = true;
    const writing = Promise.all(
      Array.from({ length: writers }, (_, writer) => write(account.container, writer, round, versions)),
    ).finally(() => {
      isWriting = false;
    });
    await Promise.all([writing, read(() => isWriting)]);
    for (const [id, version] of versions) if (version > 0) expect([id, seen.get(id)]).toEqual([id, version]);
    if (round % 2 === 1) account.split();
    await account.restart();
  }
});

it("gives a reader of all versions every write, once and in order", async () => {
  const account = await openFeedAccount(4, { changeFeedPolicy: { retentionDuration: 60 } } as never);
  const iteratorFrom = (start: ChangeFeedStartFrom) =>
    account.container.items.getChangeFeedIterator({
      changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
      changeFeedStartFrom: start,
      maxItemCount: 7,
    });
  let saved = (await iteratorFrom(ChangeFeedStartFrom.Now()).readNext()).continuationToken;
  const found = new Map<string, string[]>();
  const versions: Versions = new Map();
  for (let round = 0; round < rounds; round += 1) {
    const writing = Promise.all(
      Array.from({ length: writers }, (_, writer) => write(account.container, writer, round, versions)),
    );
    const iterator = iteratorFrom(ChangeFeedStartFrom.Continuation(saved));
    let isWriting = true;
    void writing.finally(() => {
      isWriting = false;
    });
    for (;;) {
      const wasWriting = isWriting;
      const page = await iterator.readNext();
      saved = page.continuationToken;
      if (page.statusCode === 304 && !wasWriting) break;
      for (const change of page.result as unknown as { current: Item; previous?: Item }[]) {
        const { pk, id, version } = change.previous ?? change.current;
        const entry = change.previous === undefined ? `${id} ${version}` : `${id} gone`;
        found.set(pk, [...(found.get(pk) ?? []), entry]);
      }
    }
    await writing;
    if (round === 1) account.split();
    await account.restart();
  }
  for (let writer = 0; writer < writers; writer += 1) {
    const own: Versions = new Map();
    const planned = Array.from({ length: rounds }, (_, round) => plan(writer, round, own)).flat();
    const wanted = planned.map(({ id, version }) => (version === 0 ? `${id} gone` : `${id} ${version}`));
    expect(found.get(keyOf(writer))).toEqual(wanted);
  }
});
