import { readFileSync } from "node:fs";
import type { FaultOptions } from "@cosmos-trpc/cosmos-emulator";
import { expect, test } from "vitest";
import { runCli } from "./runningCli.ts";
import { useStack } from "./runningStack.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

const stack = useStack();

/** Throttling as Cosmos DB has it. Source: Learn, "Diagnose and troubleshoot request rate too large (429) exceptions". */
const throttling = (operation: string, count: number | "always", retryAfterMs = 1): FaultOptions => ({
  operation,
  status: 429,
  substatus: 3200,
  headers: { "x-ms-retry-after-ms": String(retryAfterMs) },
  count,
});

test("throttling that passes is waited for: an import and an export are whole", async () => {
  const file = testFolder();
  const ids = Array.from({ length: 150 }, (_, n) => `item-${String(n).padStart(3, "0")}`);
  const path = file("items.ndjson", ids.map((id) => JSON.stringify({ id })).join("\n"));
  // More than the server tries by itself, for some of them.
  const befallen = await stack.disturb([
    throttling("upsertDocument", 500),
    throttling("batchDocuments", 30),
    throttling("queryDocuments", 30),
  ]);
  const env = { COSMOS_TRPC_URL: stack.url };
  const imported = await runCli(["items", "import", path, "--json"], { env });
  expect(imported).toMatchObject({ code: 0, stderr: "" });
  expect(jsonLines(imported.stdout)).toMatchObject([{ written: 150, refused: 0 }]);
  const copy = file("copy.ndjson");
  const exported = await runCli(["items", "export", copy, "--json"], { env });
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  expect(
    jsonLines(readFileSync(copy, "utf8"))
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  expect(Math.min(...(await befallen()))).toBeGreaterThan(0);
});

test("throttling that does not pass ends each command with one sentence, whatever it was about to do", async () => {
  const env = { COSMOS_TRPC_URL: stack.url };
  expect((await runCli(["items", "create", '{"id":"there"}'], { env })).code).toBe(0);
  const operations = ["upsertDocument", "batchDocuments", "readDocument", "queryDocuments"];
  await stack.disturb(operations.map((operation) => throttling(operation, "always", 200)));
  const path = testFolder()("items.ndjson", '{"id":"a"}\n{"id":"b"}\n');
  const commands = [
    ["upsert", '{"id":"a"}'],
    ["get", "there"],
    ["list"],
    ["import", path, "--patience", "1"],
  ];
  const runs = await Promise.all(commands.map((args) => runCli(["items", ...args], { env })));
  for (const run of runs) {
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^cosmos-trpc: Cosmos DB is over its provisioned throughput: .*\n$/);
  }
});
