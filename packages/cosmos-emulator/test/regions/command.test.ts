import { expect, it } from "vitest";
import { startCommand, startEmulatorProcess, temporaryFolder } from "../childProcess.ts";
import { send } from "../httpsRequest.ts";

it("takes regions on the command line, and shows them at the endpoint that its environment names", async () => {
  const { env } = await startEmulatorProcess(temporaryFolder(), "--regions", "East US, West Europe");
  const { origin, pathname } = new URL(env["COSMOS_EMULATOR_ADMIN_ENDPOINT"] ?? "");
  const headers = { "x-emulator-secret": env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "" };
  const answer = await send({ origin, path: `${pathname}/regions`, headers });
  expect(answer.json()["regions"]).toMatchObject([
    { name: "East US", isWriteRegion: true },
    { name: "West Europe", isWriteRegion: false },
  ]);
});

it("says in a sentence what is wrong with regions", async () => {
  const { exit } = startCommand(
    "--data-dir",
    temporaryFolder(),
    "--port",
    "0",
    "--regions",
    "East US,East US",
  );
  const { code, stderr } = await exit;
  expect([code, stderr]).toEqual([1, "cosmos-emulator: The region 'East US' is there twice.\n"]);
});
