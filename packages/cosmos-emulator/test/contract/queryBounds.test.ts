import { expect, it } from "vitest";
import { emulatorIt, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();
const n = Array.from({ length: 1_000 }, (_, index) => index);
await container.items.create({ id: "1", pk: "p", n });

it("pages through a cross product", async () => {
  const iterator = container.items.query<number[]>(
    "SELECT VALUE [v, w] FROM c JOIN v IN c.n JOIN w IN c.n WHERE v < 5",
    { maxItemCount: 999, partitionKey: "p" },
  );
  const rows: number[][] = [];
  while (iterator.hasMoreResults()) rows.push(...((await iterator.fetchNext()).resources ?? []));
  expect(rows).toEqual(n.slice(0, 5).flatMap((v) => n.map((w) => [v, w])));
});

emulatorIt(
  "refuses a cross product that would take for ever, and goes on serving",
  "the bound is its own",
  async () => {
    const joins = ["v", "w", "x", "y", "z"].map((alias) => `JOIN ${alias} IN c.n`).join(" ");
    for (const text of [
      `SELECT VALUE COUNT(1) FROM c ${joins}`,
      `SELECT DISTINCT v, z FROM c ${joins} WHERE v + w + x + y + z < 0`,
      `SELECT VALUE v FROM c ${joins} WHERE v + w + x + y + z < 0 ORDER BY c.id`,
      `SELECT VALUE v FROM c ${joins} WHERE v + w + x + y + z < 0`,
    ]) {
      const answer = container.items.query(text, { partitionKey: "p" }).fetchAll();
      expect(await refusal(answer)).toMatchObject({ code: 400 });
    }
    expect((await container.item("1", "p").read()).statusCode).toBe(200);
  },
);

emulatorIt(
  "bounds the conditions of patches, a hundred in a batch as well",
  "the bound is its own",
  async () => {
    const condition =
      "FROM c WHERE EXISTS(SELECT VALUE v FROM v IN c.n JOIN w IN c.n JOIN x IN c.n WHERE v + w + x < 0)";
    const operations = Array.from({ length: 100 }, () => ({
      operationType: "Patch" as const,
      id: "1",
      partitionKey: "p",
      resourceBody: { condition, operations: [{ op: "set" as const, path: "/m", value: 1 }] },
    }));
    const results = await container.items.executeBulkOperations(operations);
    expect(results.map(({ error }) => error?.code)).toEqual(operations.map(() => 400));
  },
);
