import { expect, test } from "vitest";
import { createCredential, ensureContainer, items, openContainer } from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

test("while Cosmos DB is away everything is unavailable, and works by itself when it is back", async () => {
  const configuration = emulator.configuration();
  await ensureContainer(configuration, items, createCredential());
  const { store } = await openContainer(emulator.client(), "appdb", items);
  const written = await store.upsert({ id: "kept", pk: "kept", name: "before" });

  await emulator.stop();
  const failures = await Promise.all([
    failureOf(store.get({ id: "kept", pk: "kept" })),
    failureOf(store.upsert({ id: "lost", pk: "lost", name: "during" })),
    failureOf(openContainer(emulator.client(), "appdb", items)),
    failureOf(ensureContainer(configuration, items, createCredential())),
  ]);
  expect(failures.map(({ reason }) => reason)).toEqual(Array(4).fill("unavailable"));

  await emulator.startAgain();
  expect((await store.get({ id: "kept", pk: "kept" })).item).toEqual(written.item);
  expect((await failureOf(store.get({ id: "lost", pk: "lost" }))).reason).toBe("not-found");
});
