import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Container } from "@azure/cosmos";
import { expect, it } from "vitest";
import { docsPath, emulatorIt, keyHeader, openAccount, refusal } from "./account.ts";

const account = await openAccount();

/** Waits until something is so; the test's own time-out is the deadline. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await nextTurn();
}

const isGone = async (container: Container, id: string): Promise<boolean> =>
  (await container.item(id, "p").read()).statusCode === 404;

it("forgets a document after the container's time", async () => {
  const container = await account.newContainer("/pk", { defaultTtl: 1 });
  await container.items.create({ id: "a", pk: "p" });
  await container.items.create({ id: "kept", pk: "p", ttl: -1 });
  await until(() => isGone(container, "a"));
  expect((await container.item("kept", "p").read()).statusCode).toBe(200);
});

it("counts a document's own time from its last write", async () => {
  const container = await account.newContainer("/pk", { defaultTtl: -1 });
  await container.items.create({ id: "a", pk: "p", ttl: 1 });
  await container.items.create({ id: "touched", pk: "p", ttl: 1 });
  await container.item("touched", "p").patch([{ op: "set", path: "/ttl", value: 1000 }]);
  await until(() => isGone(container, "a"));
  expect((await container.item("touched", "p").read()).resource).toMatchObject({ ttl: 1000 });
});

it("ignores a document's time where the container has none", async () => {
  const container = await account.newContainer();
  const timed = await account.newContainer("/pk", { defaultTtl: -1 });
  for (const { items } of [container, timed]) await items.create({ id: "a", pk: "p", ttl: 1 });
  await until(() => isGone(timed, "a"));
  expect((await container.item("a", "p").read()).statusCode).toBe(200);
});

it("treats a document whose time is over as one that is not there", async () => {
  const container = await account.newContainer("/pk", {
    defaultTtl: -1,
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
  });
  const names = ["create", "upsert", "replace", "delete", "patch", "batch", "holder"];
  const first = new Map<string, unknown>();
  for (const id of names) {
    const { resource } = await container.items.create({ id, pk: "p", ttl: 1, email: id });
    first.set(id, resource?._rid);
  }
  await until(() => isGone(container, "holder"));
  const item = (id: string) => container.item(id, "p");
  const stale = { accessCondition: { type: "IfMatch", condition: '"stale"' } };
  const created = await container.items.create({ id: "create", pk: "p", email: "create" });
  const upserted = await container.items.upsert({ id: "upsert", pk: "p", email: "upsert" }, stale);
  const taken = await container.items.create({ id: "taker", pk: "p", email: "holder" });
  expect([created, upserted, taken].map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
  expect(created.resource?._rid).not.toBe(first.get("create"));
  expect(upserted.resource?.["_rid" as never]).not.toBe(first.get("upsert"));
  const refused = [
    () => item("replace").replace({ id: "replace", pk: "p" }),
    () => item("delete").delete(),
    () => item("patch").patch([{ op: "set", path: "/a", value: 1 }]),
  ];
  for (const call of refused) expect(await refusal(call())).toMatchObject({ code: 404 });
  const { result } = await container.items.batch(
    [
      { operationType: "Create", resourceBody: { id: "batch", pk: "p", email: "batch" } },
      { operationType: "Read", id: "batch" },
    ],
    "p",
  );
  expect(result?.map(({ statusCode }) => statusCode)).toEqual([201, 200]);
});

it.each([0, -2, 1.5, "60", true, 2 ** 31, {}])("refuses a document's time of %j", async (ttl) => {
  const container = await account.newContainer();
  const answer = await account.raw({
    method: "POST",
    path: docsPath(container),
    headers: keyHeader("p"),
    body: JSON.stringify({ id: randomUUID(), pk: "p", ttl }),
  });
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
});

emulatorIt(
  "takes a log sequence number for every document that it removes by itself",
  "the service removes when it has time",
  async () => {
    const container = await account.newContainer("/pk", { defaultTtl: 1 });
    const path = `/dbs/${container.database.id}/colls/${container.id}`;
    const lsn = async (): Promise<number> => Number((await account.raw({ path })).headers["lsn"]);
    await container.items.bulk(
      Array.from({ length: 50 }, (_, n) => ({
        operationType: "Create" as const,
        resourceBody: { id: `i-${n}`, pk: "p", ...(n % 2 === 0 ? {} : { ttl: 1 }) },
      })),
    );
    await container.items.create({ id: "kept", pk: "p", ttl: -1 });
    await until(async () => (await lsn()) >= 101);
    expect(await lsn()).toBe(101);
    expect((await container.item("kept", "p").read()).statusCode).toBe(200);
  },
);
