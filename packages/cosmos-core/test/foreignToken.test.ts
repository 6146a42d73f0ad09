import { startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { expect, onTestFinished, test } from "vitest";
import { createCosmosClient, createCredential, ensureContainer, items, openContainer } from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { configurationOf } from "./runningEmulator.ts";

// A file of its own: @azure/identity keeps a process's tokens, whatever its environment says later.
test("a token of another issuer is refused: misconfigured", async () => {
  const own = await startEmulator();
  const foreign = await startEmulator();
  onTestFinished(async () => {
    await own.close();
    await foreign.close();
  });
  Object.assign(process.env, foreign.env);
  const configuration = configurationOf(own.env);
  await ensureContainer(configuration, items, createCredential());

  const client = createCosmosClient(configuration, createCredential());
  onTestFinished(() => client.dispose());
  const failure = await failureOf(openContainer(client, "appdb", items));
  expect(failure).toMatchObject({ reason: "misconfigured", code: "token-refused", status: 401 });
});
