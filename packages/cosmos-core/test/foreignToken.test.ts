import { startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { expect, onTestFinished, test } from "vitest";
import { createCosmosClient, createCredential, ensureContainer, items, openContainer } from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { configurationOf, startSignedIn } from "./runningEmulator.ts";

test("a token of another issuer is refused: misconfigured", async () => {
  const own = await startEmulator();
  const foreign = await startSignedIn();
  onTestFinished(async () => {
    await own.close();
    await foreign.close();
  });
  const configuration = configurationOf(own.env);
  await ensureContainer(configuration, items, createCredential());

  const client = createCosmosClient(configuration, createCredential());
  onTestFinished(() => client.dispose());
  const failure = await failureOf(openContainer(client, "appdb", items));
  expect(failure).toMatchObject({ reason: "misconfigured", code: "token-refused", status: 401 });
});
