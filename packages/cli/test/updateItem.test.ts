import { isApiError, updateItem } from "@cosmos-trpc/client";
import { expect, test } from "vitest";
import { createClient } from "./example/cli.ts";
import { useServer } from "./runningCli.ts";

const { url } = useServer();

const countOf = (data: { readonly [name: string]: unknown } | undefined): number =>
  Number(data?.["count"] ?? 0);

test("updates that overlap are all done, and each once", async () => {
  const client = createClient({ url: url() });
  await client.items.upsert.mutate({ id: "counter", pk: "shelf", name: "Counter", tags: ["a"] });
  const key = { id: "counter", pk: "shelf" };
  const count = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await updateItem(client.items, key, (item) => ({ ...item, data: { count: countOf(item.data) + 1 } }));
    }
  };
  await Promise.all([count(), count(), count(), count()]);
  expect(await client.items.get.query(key)).toMatchObject({
    name: "Counter",
    tags: ["a"],
    data: { count: 12 },
  });
});

test("an update that somebody else always overtakes ends after 10 attempts, with the etag that is there", async () => {
  const client = createClient({ url: url() });
  await client.items.upsert.mutate({ id: "contested" });
  let attempts = 0;
  const overtaken = updateItem(client.items, { id: "contested" }, async (item) => {
    attempts += 1;
    await client.items.upsert.mutate({ id: "contested", name: `other ${attempts}` });
    return { ...item, name: "mine" };
  });
  const error = await overtaken.catch((thrown: unknown) => thrown);
  const now = await client.items.get.query({ id: "contested" });
  expect(isApiError(error, "precondition-failed") && error.currentEtag).toBe(now._etag);
  expect([attempts, now.name]).toEqual([10, "other 10"]);
});

test("an update that changes nothing writes nothing; one of no item or of bad fields is refused", async () => {
  const client = createClient({ url: url() });
  const written = await client.items.upsert.mutate({ id: "still" });
  expect(await updateItem(client.items, { id: "still" }, () => undefined)).toEqual(written);
  expect(await client.items.get.query({ id: "still" })).toEqual(written);
  await expect(updateItem(client.items, { id: "nowhere" }, (item) => item)).rejects.toMatchObject({
    reason: "not-found",
    status: 404,
  });
  await expect(
    updateItem(client.items, { id: "still" }, (item) => ({ ...item, ttl: 0.5 })),
  ).rejects.toMatchObject({
    reason: "invalid",
    fields: [{ path: "ttl", message: expect.stringContaining("whole number") }],
  });
  const stop = AbortSignal.abort();
  await expect(
    updateItem(client.items, { id: "still" }, (item) => item, { signal: stop }),
  ).rejects.toMatchObject({
    reason: "cancelled",
  });
});

test("a batch's calls are refused one by one, and streamed through the real server", async () => {
  const { items } = createClient({ url: url() });
  await items.upsert.mutate({ id: "there" });
  const [found, missing, wrong] = await Promise.allSettled(
    ["there", "missing", "a/b"].map((id) => items.get.query({ id })),
  );
  expect(found).toMatchObject({ status: "fulfilled", value: { id: "there" } });
  expect(missing).toMatchObject({ reason: { reason: "not-found" } });
  expect(wrong).toMatchObject({ reason: { reason: "invalid", fields: [{ path: "id" }] } });
});
