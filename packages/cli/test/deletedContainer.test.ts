import { existsSync, readFileSync, statSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { createClient } from "./example/cli.ts";
import { asAdministrator, type Run, startCli } from "./runningCli.ts";
import { type Stack, useStack } from "./runningStack.ts";
import { jsonLines, testFolder } from "./testFolder.ts";

const stack = useStack();
const patiently = { timeout: 200_000, interval: 5 };

/** Deletes the container, as somebody does who may, and has the server make another of its name. */
async function replaceContainer(stack: Stack): Promise<void> {
  await stack.kill("server");
  await asAdministrator(stack.env(), (database) => database.container("items").delete());
  await stack.start("server");
  // The server makes it while it starts.
  await vi.waitUntil(
    () =>
      createClient({ url: stack.url })
        .items.upsert.mutate({ id: "new" })
        .then(
          () => true,
          () => false,
        ),
    patiently,
  );
}

function expectRefused(run: Run, ...words: string[]): void {
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toMatch(/^(cosmos-trpc: .*\n)+$/);
  for (const word of words) expect(run.stderr).toContain(word);
}

test("a watch with the cursor of a deleted container ends with a sentence, while it runs and when it begins", async () => {
  const client = createClient({ url: stack.url });
  await client.items.upsert.mutate({ id: "old" });
  const cursorFile = testFolder()("cursor");
  const args = ["items", "watch", "--url", stack.url, "--since", "beginning", "--json"];
  const running = startCli([...args, "--cursor-file", cursorFile]);
  await vi.waitUntil(() => existsSync(cursorFile), patiently);
  await replaceContainer(stack);

  const cut = await running.ended;
  expect(cut.code).toBe(1);
  expect(jsonLines(cut.stdout)).toMatchObject([{ id: "old" }]);
  expect(cut.stderr).toMatch(/^cosmos-trpc: The cursor is .*\n$/);

  const cursor = readFileSync(cursorFile, "utf8");
  expectRefused(
    await startCli([...args, "--cursor-file", cursorFile]).ended,
    "The cursor is none of this container's",
    `Remove ${cursorFile} to begin anew.`,
  );
  expect(readFileSync(cursorFile, "utf8")).toBe(cursor);
  expectRefused(
    await startCli(["items", "watch", "--url", stack.url, "--since", cursor.trim()]).ended,
    "The cursor is none of this container's",
  );
});

test("an export with the cursor of a deleted container ends with a sentence, and --restart begins anew", async () => {
  const client = createClient({ url: stack.url });
  for (let group = 0; group < 6; group += 1) {
    const items = Array.from({ length: 500 }, (_, n) => ({ id: `old-${group}-${n}` }));
    await client.items.bulk.mutate({ items });
  }
  const path = testFolder()("items.ndjson");
  const args = ["items", "export", path, "--url", stack.url];
  const running = startCli(args);
  await vi.waitUntil(() => existsSync(path) && statSync(path).size > 0, patiently);
  running.child.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  const written = readFileSync(path);
  await replaceContainer(stack);

  expectRefused(
    await startCli(args).ended,
    "The cursor is none of this container's",
    "Begin anew with --restart.",
  );
  expect(readFileSync(path).equals(written)).toBe(true);
  expect((await startCli([...args, "--restart"]).ended).code).toBe(0);
  expect(jsonLines(readFileSync(path, "utf8")).map(({ id }) => id)).toEqual(["new"]);
});
