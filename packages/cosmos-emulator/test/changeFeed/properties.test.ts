import fc from "fast-check";
import { expect, it } from "vitest";
import { effectivePartitionKey } from "../../src/partitionKey/effectivePartitionKey.ts";
import { type FeedAccount, openFeedAccount } from "./feedAccount.ts";

/** A change in the model: what the feed has to say of it. */
interface ModelChange {
  readonly lsn: number;
  readonly operation: "create" | "replace" | "delete";
  readonly id: string;
  readonly pk: string;
  readonly step: number;
  readonly previous: number | undefined;
}

/** A reader of the feed, by its headers and by what of the model it sees. */
interface Reader {
  readonly headers: Readonly<Record<string, string>>;
  readonly isAllVersions: boolean;
  sees(pk: string): boolean;
}

const partitionKey = { paths: ["/pk"], kind: "Hash", version: 2 } as const;
const hashOf = (pk: string): string => effectivePartitionKey([pk], { ...partitionKey, paths: ["/pk"] });

const parts: Pick<Reader, "headers" | "sees">[] = [
  { headers: {}, sees: () => true },
  { headers: { "x-ms-documentdb-partitionkey": '["pk-1"]' }, sees: (pk) => pk === "pk-1" },
  {
    headers: {
      "x-ms-start-epk": "1000",
      "x-ms-end-epk": "2A",
      "x-ms-read-key-type": "EffectivePartitionKeyRange",
    },
    sees: (pk) => hashOf(pk) >= "1000" && hashOf(pk) < "2A",
  },
];
const readers: Reader[] = parts.flatMap(({ headers, sees }) => [
  { headers: { ...headers, "a-im": "Incremental Feed" }, sees, isAllVersions: false },
  { headers: { ...headers, "a-im": "Full-Fidelity Feed" }, sees, isAllVersions: true },
]);

type Step =
  | { readonly kind: "upsert"; readonly id: number }
  | { readonly kind: "delete"; readonly id: number }
  | { readonly kind: "page"; readonly reader: number; readonly size: number }
  | { readonly kind: "jump"; readonly reader: number; readonly to: number }
  | { readonly kind: "restart" }
  | { readonly kind: "split" };

const document = fc.nat({ max: 9 });
const reader = fc.nat({ max: readers.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("upsert" as const), id: document }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("delete" as const), id: document }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("page" as const),
      reader,
      size: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("jump" as const), reader, to: fc.nat({ max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "restart" } as const, { kind: "split" } as const) },
);

/** What the service has to do, in plain arrays. */
class Model {
  readonly #account: FeedAccount;
  readonly #changes: ModelChange[] = [];
  readonly #positions = readers.map(() => 0);
  #step = 0;

  constructor(account: FeedAccount) {
    this.#account = account;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.#take(one);
    for (const index of readers.keys()) {
      while ((await this.#page(index, 3)) > 0);
    }
  }

  async #take(one: Step): Promise<void> {
    this.#step += 1;
    if (one.kind === "restart") await this.#account.restart();
    else if (one.kind === "split") this.#account.split();
    else if (one.kind === "jump") this.#positions[one.reader] = Math.min(one.to, this.#changes.length);
    else if (one.kind === "page") await this.#page(one.reader, one.size);
    else await this.#write(one.kind, `item-${one.id}`, `pk-${one.id % 3}`);
  }

  async #write(kind: "upsert" | "delete", id: string, pk: string): Promise<void> {
    const { container } = this.#account;
    const last = this.#changes.findLast((change) => change.id === id);
    const exists = last !== undefined && last.operation !== "delete";
    if (kind === "delete" && !exists) return;
    const operation = kind === "delete" ? "delete" : exists ? "replace" : "create";
    if (kind === "delete") await container.item(id, pk).delete();
    else await container.items.upsert({ id, pk, step: this.#step });
    const previous = exists ? last.lsn : undefined;
    const written = kind === "delete" && exists ? last.step : this.#step;
    this.#changes.push({ lsn: this.#changes.length + 1, operation, id, pk, step: written, previous });
  }

  async #page(index: number, size: number): Promise<number> {
    const { headers, isAllVersions, sees } = readers[index] as Reader;
    const position = this.#positions[index] ?? 0;
    const due = this.#changes.filter(
      (change) =>
        change.lsn > position && sees(change.pk) && (isAllVersions || this.#isLatestVersion(change)),
    );
    const wanted = due.slice(0, size);
    const end = due.length > size ? (wanted.at(-1)?.lsn ?? 0) : this.#changes.length;
    const answer = await this.#account.feed({
      ...headers,
      "if-none-match": `"${position}"`,
      "x-ms-max-item-count": String(size),
    });
    expect([answer.status, answer.headers.etag]).toEqual([wanted.length === 0 ? 304 : 200, `"${end}"`]);
    const found = answer.status === 304 ? [] : (answer.json()["Documents"] as unknown[]);
    expect(found).toMatchObject(wanted.map(isAllVersions ? shownChange : shownVersion));
    expect(found).toHaveLength(wanted.length);
    this.#positions[index] = end;
    return wanted.length;
  }

  #isLatestVersion({ id, lsn, operation }: ModelChange): boolean {
    return operation !== "delete" && this.#changes.findLast((change) => change.id === id)?.lsn === lsn;
  }
}

const shownVersion = ({ id, pk, step: written, lsn }: ModelChange): object => ({
  id,
  pk,
  step: written,
  _lsn: lsn,
});

function shownChange({ id, pk, step: written, lsn, operation, previous }: ModelChange): object {
  const metadata = {
    lsn,
    operationType: operation,
    ...(previous === undefined ? {} : { previousImageLSN: previous }),
  };
  const version = { id, pk, step: written };
  return operation === "delete"
    ? { current: {}, previous: version, metadata: { ...metadata, id, partitionKey: { pk } } }
    : { current: version, metadata };
}

it("has in every page what a plain list of all writes has, over restarts and splits", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: "max" }), async (steps) => {
      const account = await openFeedAccount(2, {
        partitionKey,
        changeFeedPolicy: { retentionDuration: 60 },
      } as never);
      await new Model(account).run(steps);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

const text = fc.oneof(
  fc.string({ maxLength: 20 }).map((value) => value.replaceAll(/[^\x20-\x7e]/g, "?")),
  fc.constantFrom(
    "",
    "*",
    '"0"',
    '"5"',
    '"999999999999999"',
    'W/"3"',
    "-1",
    "1e3",
    "0",
    "FF",
    "3f",
    '["a"]',
    "[]",
    "[{}]",
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
);
const anyHeaders = fc.record(
  {
    "a-im": fc.oneof(fc.constantFrom("Incremental feed", "Full-Fidelity Feed"), text),
    "if-none-match": text,
    "if-modified-since": text,
    "x-ms-max-item-count": text,
    "x-ms-start-epk": text,
    "x-ms-end-epk": text,
    "x-ms-read-key-type": text,
    "x-ms-documentdb-partitionkey": text,
    "x-ms-documentdb-partitionkeyrangeid": text,
    "x-ms-session-token": text,
  },
  { requiredKeys: ["a-im"] },
);

it("answers any headers with a page, 304 or a refusal", async () => {
  const account = await openFeedAccount(2, { changeFeedPolicy: { retentionDuration: 60 } } as never);
  for (let n = 0; n < 5; n += 1) await account.container.items.create({ id: `${n}`, pk: `${n}` });
  await fc.assert(
    fc.asyncProperty(anyHeaders, async (headers) => {
      expect([200, 304, 400, 404, 410]).toContain((await account.feed(headers)).status);
    }),
    { numRuns: 300 },
  );
});
