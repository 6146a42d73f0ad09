import { randomUUID } from "node:crypto";
import type { Container } from "@azure/cosmos";
import fc from "fast-check";
import { expect, it } from "vitest";
import { emulatorIt, keyHeader, openAccount } from "./account.ts";
import { firstRange, readPages, rowsIn, sendQuery } from "./queryPages.ts";

const account = await openAccount();

interface Item {
  readonly id: string;
  readonly pk: string;
  readonly n?: number;
  readonly tags: readonly string[];
  readonly note?: string;
}

/** A write between two pages; `at` picks the document. */
interface Write {
  readonly kind: "create" | "replace" | "delete";
  readonly at: number;
  readonly n: number;
}

const write = fc.record({
  kind: fc.constantFrom("create" as const, "replace" as const, "delete" as const),
  at: fc.nat({ max: 1_000 }),
  n: fc.integer({ min: 0, max: 5 }),
});

/** Documents that are written while somebody pages through them, and what is known of each. */
class Writes {
  readonly items = new Map<string, Item>();
  /** What was there from the first page to the last with the same content. */
  readonly untouched = new Set<string>();
  readonly container: Container;
  made = 0;

  constructor(container: Container) {
    this.container = container;
  }

  async create(n: number | undefined, tags: readonly string[]): Promise<string> {
    this.made += 1;
    const item = { id: `i${this.made}`, pk: "p", ...(n === undefined ? {} : { n }), tags };
    await this.container.items.create(item);
    this.items.set(item.id, item);
    return item.id;
  }

  async apply({ kind, at, n }: Write): Promise<void> {
    const ids = [...this.items.keys()];
    const item = this.items.get(ids[at % Math.max(1, ids.length)] ?? "");
    if (kind === "create" || item === undefined) {
      await this.create(n, ["x", "y"]);
      return;
    }
    if (kind === "delete") {
      this.items.delete(item.id);
      this.untouched.delete(item.id);
      await this.container.item(item.id, item.pk).delete();
      return;
    }
    // Its place in every order stays: only so can a page be told that it gave the document before.
    const replaced = { ...item, note: randomUUID() };
    this.items.set(item.id, replaced);
    await this.container.item(item.id, item.pk).replace(replaced);
  }
}

const queries = {
  stream: "SELECT VALUE c.id FROM c",
  "an index look-up": "SELECT VALUE c.id FROM c WHERE c.n >= 0 OR NOT IS_DEFINED(c.n)",
  "ORDER BY": "SELECT VALUE c.id FROM c ORDER BY c.n",
  "ORDER BY DESC": "SELECT VALUE c.id FROM c ORDER BY c.n DESC",
  "ORDER BY equal values": "SELECT VALUE c.id FROM c ORDER BY c.pk",
  JOIN: "SELECT VALUE CONCAT(c.id, t) FROM c JOIN t IN c.tags",
  "JOIN with ORDER BY": "SELECT VALUE CONCAT(c.id, t) FROM c JOIN t IN c.tags ORDER BY c.n DESC",
} as const;

const scopes = [firstRange, keyHeader("p")];

it.each(Object.entries(queries))(
  "gives nothing twice and skips nothing that was there throughout: %s",
  async (name, text) => {
    const isJoin = name.startsWith("JOIN");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 5 }), {
          minLength: 5,
          maxLength: 15,
        }),
        fc.boolean(),
        fc.array(fc.array(write, { maxLength: 3 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(...scopes),
        async (numbers, areAllThere, writes, size, headers) => {
          const state = new Writes(await account.newContainer());
          // With a number in each the index gives the order, else what was found is sorted.
          for (const [at, n] of numbers.entries()) {
            const id = await state.create(areAllThere ? (n ?? 0) : n, ["x", "y", "z"].slice(at % 3));
            state.untouched.add(id);
          }
          const rows = await readPages(account, state.container, { text, headers }, size, async (page) => {
            for (const one of writes[page] ?? []) await state.apply(one);
          });
          expect(new Set(rows).size).toBe(rows.length);
          const expected = [...state.untouched].flatMap((id) =>
            isJoin ? (state.items.get(id)?.tags ?? []).map((tag) => id + tag) : [id],
          );
          expect(rows).toEqual(expect.arrayContaining(expected));
          await state.container.delete();
        },
      ),
      { numRuns: 12 },
    );
  },
  60_000,
);

it("counts OFFSET and LIMIT over all pages, whatever is written between them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(write, { maxLength: 2 }), { maxLength: 8 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("", " ORDER BY c.n", " ORDER BY c.n DESC"),
      async (writes, offset, limit, size, order) => {
        const state = new Writes(await account.newContainer());
        for (let n = 0; n < 20; n += 1) await state.create(n % 5, []);
        const text = `SELECT VALUE c.id FROM c${order} OFFSET ${offset} LIMIT ${limit}`;
        const read = (between: (page: number) => Promise<void>): Promise<unknown[]> =>
          readPages(account, state.container, { text, headers: firstRange }, size, between);
        const whole = await readPages(account, state.container, { text, headers: firstRange }, 100);
        expect(await read(() => Promise.resolve())).toEqual(whole);
        const rows = await read(async (page) => {
          for (const one of writes[page] ?? []) await state.apply(one);
        });
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows.length).toBeLessThanOrEqual(limit);
        await state.container.delete();
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

it("hands out DISTINCT and GROUP BY from one computation, whatever is written between the pages", async () => {
  const state = new Writes(await account.newContainer());
  for (let n = 0; n < 12; n += 1) await state.create(n % 6, []);
  for (const text of ["SELECT DISTINCT VALUE c.n FROM c", "SELECT VALUE c.n FROM c GROUP BY c.n"]) {
    const rows = await readPages(account, state.container, { text, headers: firstRange }, 2, async () => {
      await state.create(99 + state.made, []);
      await state.apply({ kind: "delete", at: 0, n: 0 });
    });
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows).toEqual(expect.arrayContaining([2, 3, 4, 5]));
  }
});

const bad = ["x", "%%%", "e30", Buffer.from('{"b":"x","p":{}}').toString("base64url"), "[]", '{"token":1}'];

it.each(bad)("refuses the continuation %s", async (token) => {
  const container = await account.newContainer();
  const answer = await sendQuery(account, container, {
    text: "SELECT * FROM c",
    headers: { ...firstRange, "x-ms-continuation": token },
  });
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
});

it("refuses another query's continuation, and another container's", async () => {
  const [container, other] = [await account.newContainer(), await account.newContainer()];
  for (const id of ["a", "b", "c"]) await container.items.create({ id, pk: "p" });
  const text = "SELECT VALUE c.id FROM c";
  const first = await sendQuery(account, container, {
    text,
    headers: { ...firstRange, "x-ms-max-item-count": "1" },
  });
  const headers = { ...firstRange, "x-ms-continuation": String(first.headers["x-ms-continuation"]) };
  expect(rowsIn(await sendQuery(account, container, { text, headers }))).toEqual(["b", "c"]);
  const refused = [
    await sendQuery(account, container, { text: "SELECT VALUE c.pk FROM c", headers }),
    await sendQuery(account, container, { text, headers, parameters: [{ name: "@a", value: 1 }] }),
    await sendQuery(account, other, { text, headers }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
});

emulatorIt(
  "takes any change of a continuation for what it is: a page, or a refusal",
  "tokens are opaque",
  async () => {
    const container = await account.newContainer();
    for (const id of ["a", "b", "c"]) await container.items.create({ id, pk: "p", n: 1 });
    const text = "SELECT VALUE c.id FROM c ORDER BY c.n";
    const size = { "x-ms-max-item-count": "1" };
    const first = await sendQuery(account, container, { text, headers: { ...firstRange, ...size } });
    const token = String(first.headers["x-ms-continuation"]);
    const { b } = JSON.parse(Buffer.from(token, "base64url").toString()) as { b: string };
    const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom("x", [[1]], [[]], []));
    const position = fc.dictionary(fc.constantFrom("n", "r", "o", "t", "a", "s", "m", "k"), value);
    await fc.assert(
      fc.asyncProperty(position, async (p) => {
        const forged = Buffer.from(JSON.stringify({ b, p })).toString("base64url");
        const headers = { ...firstRange, "x-ms-continuation": forged };
        const answer = await sendQuery(account, container, { text, headers });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 200 },
    );
  },
);

it.each(["0", "-2", "1.5", "x"])("refuses x-ms-max-item-count: %s", async (count) => {
  const container = await account.newContainer();
  const answer = await sendQuery(account, container, {
    text: "SELECT * FROM c",
    headers: { ...firstRange, "x-ms-max-item-count": count },
  });
  expect(answer.status).toBe(400);
});

it("gives 100 rows a page unless told, and as many as fit for -1", async () => {
  const container = await account.newContainer();
  await Promise.all(Array.from({ length: 120 }, (_, n) => container.items.create({ id: `i${n}`, pk: "p" })));
  const text = "SELECT * FROM c";
  const rows = async (headers: Record<string, string>): Promise<number> =>
    rowsIn(await sendQuery(account, container, { text, headers: { ...firstRange, ...headers } })).length;
  expect(await rows({})).toBe(100);
  expect(await rows({ "x-ms-max-item-count": "-1" })).toBe(120);
  expect(await rows({ "x-ms-max-item-count": "120" })).toBe(120);
});

it.each(["SELECT * FROM c", "SELECT * FROM c ORDER BY c.id", "SELECT DISTINCT VALUE c FROM c"])(
  "keeps a page to 4 MB: %s",
  async (text) => {
    const container = await account.newContainer();
    for (const id of ["a", "b", "c", "d"]) {
      await container.items.create({ id, pk: "p", text: "x".repeat(1_500_000) });
    }
    const answer = await sendQuery(account, container, { text, headers: firstRange });
    expect(rowsIn(answer).length).toBe(2);
    expect(answer.headers["x-ms-continuation"]).toBeDefined();
    const all = await readPages(account, container, { text, headers: firstRange }, 100);
    expect(all.map((row) => (row as Item).id)).toEqual(["a", "b", "c", "d"]);
  },
);
