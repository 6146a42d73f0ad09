import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const packageFolder = join(import.meta.dirname, "..");

const server = `import { initTRPC } from "@trpc/server";
const t = initTRPC.create();
type Key = { id: string; customer: string };
type Order = Key & { state: string };
type Write = Order | [order: Order, options: { ifMatch?: string }];
const stored = (order: unknown) => ({ ...(order as Order), _etag: "", _ts: 0 });
const write = t.procedure.input((input) => input as Write).mutation(({ input }) => stored(input));
const get = t.procedure.input((input) => input as Key).query(({ input }) => stored(input));
const router = t.router({ orders: t.router({ get, upsert: write, replace: write }) });
export type AppRouter = typeof router;
`;

test.each([
  ["TypeScript 6", join(packageFolder, "node_modules/typescript-6/bin/tsc")],
  ["TypeScript 7", join(packageFolder, "../../node_modules/typescript/bin/tsc")],
])("the README's program compiles under %s", (_name, compiler) => {
  const [, program = ""] =
    /^```ts file=node\.ts\n(.*?)^```$/ms.exec(readFileSync(join(packageFolder, "README.md"), "utf8")) ?? [];
  expect(program).toContain("createApiClient");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "client-readme-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const compilerOptions = {
    strict: true,
    target: "es2024",
    lib: ["es2024", "esnext.disposable", "dom", "dom.iterable"],
    module: "nodenext",
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    paths: { "@cosmos-trpc/client": [join(packageFolder, "dist/index.d.ts")] },
  };
  const files = {
    "package.json": '{ "type": "module" }',
    "server.ts": server,
    "router.d.ts": 'export type { AppRouter } from "./server.ts";\n',
    "node.ts": program,
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["node.ts"] }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  symlinkSync(join(packageFolder, "node_modules"), join(folder, "node_modules"), "dir");
  const run = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: folder, encoding: "utf8" });
  expect(`${run.stdout}${run.stderr}`).toBe("");
});
