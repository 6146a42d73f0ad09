import { cpSync, mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compileConsumer, compilers } from "./compileConsumer.ts";
import { generatedText } from "./hardRouters.ts";
import { emptyFolder, packageFolder } from "./scratchFolder.ts";

describe.each(compilers)("with %s", (compiler) => {
  test("a client needs the file, @trpc/client and @trpc/server, and nothing else", async () => {
    const folder = emptyFolder();
    mkdirSync(path.join(folder, "node_modules/@trpc"), { recursive: true });
    for (const name of ["client", "server"]) {
      // Copied, so that nothing that is installed beside them in the workspace can be found from here.
      const installed = realpathSync(path.join(packageFolder, "node_modules/@trpc", name));
      cpSync(installed, path.join(folder, "node_modules/@trpc", name), {
        recursive: true,
        filter: (file) => !file.slice(installed.length).includes("node_modules"),
      });
    }
    const errors = await compileConsumer(
      folder,
      {
        "json.d.ts": generatedText("json"),
        "transformed.d.ts": generatedText("transformed"),
        "consumer.ts": consumer,
      },
      compiler,
      { skipLibCheck: false, exactOptionalPropertyTypes: true },
    );
    expect(errors).toBe("");
  });
});

test("the file names no package but @trpc/server, and nothing of the server's context", () => {
  for (const text of [generatedText("json"), generatedText("transformed")]) {
    expect([...text.matchAll(/(?:from|import\() ?"([^"]+)"/gu)].map((match) => match[1])).toEqual([
      "@trpc/server",
    ]);
    expect(text).not.toMatch(/secretDatabase|zod|node_modules|\/tmp|Users/u);
  }
});

const consumer = `import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter, Category, Item, Record2, Stored } from "./json.js";
import type { AppRouter as Transformed, Folder } from "./transformed.js";

const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "http://localhost" })] });
const stored: Stored = await client.items.get.query({ id: "a" });
const written: string = stored.updatedAt;
const item: Item = await client.items.upsert.mutate({ id: "a", tags: [written] });
const category: Category = await client.comments.category.query({ name: item.id, subcategories: [] });
const [record]: Record2[] = await client.oddities.record.query({ played: 3 });
void record?.title;
client.late.watch.subscribe({ lastEventId: null }, { onData: (event) => void (event.data.kind satisfies "upsert") });
for await (const { at } of await client.oddities.iterable.query()) void (at satisfies string);

// @ts-expect-error The input lacks its id.
void client.items.get.query({});
// @ts-expect-error An etag is read-only.
stored.etag = category.name;
// @ts-expect-error A user's id cannot be made up from any string.
const made: inferRouterOutputs<AppRouter>["oddities"]["branded"] = "u1";
const plain: string = await client.oddities.branded.query("u1");
// @ts-expect-error Helper types are the file's own business.
import type { QueryProcedure } from "./json.js";

const failed = async (error: unknown) => {
  if (!(error instanceof TRPCClientError)) return;
  const known = error as TRPCClientError<AppRouter>;
  known.data?.reason satisfies "internal" | "invalid" | undefined;
};

const transformed = createTRPCClient<Transformed>({
  links: [httpBatchLink({ url: "http://localhost", transformer: { serialize: (value) => value, deserialize: (value) => value } })],
});
// @ts-expect-error A router with a transformer asks every link for it.
httpBatchLink<Transformed>({ url: "http://localhost" });
const folder: Folder = await transformed.folders.root.query();
const since: Date | undefined = folder.owner?.since;
export const seen: inferRouterInputs<Transformed>["dates"] = since ?? new Date();
export { failed, made, plain };
`;
