import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readmeFiles } from "./readmeFiles.ts";
import { compilers, packageFolder, run, runNode } from "./runNode.ts";

let folder: string;
let tarball: string;
let installed: string;

// The package as npm packs and installs it, with its peers alone, where nothing of the workspace can be found.
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "client-packed-")));
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder], packageFolder);
  expect(packed).toMatchObject({ code: 0 });
  tarball = join(folder, packed.said.trim().split("\n").at(-1) ?? "");
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }\n');
  const { peerDependencies } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const peers = Object.keys(peerDependencies).map((name) => `${name}@${versionOf(name)}`);
  const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--legacy-peer-deps"];
  expect(await run("npm", ["install", ...flags, tarball, ...peers], folder)).toMatchObject({ code: 0 });
  installed = join(folder, "node_modules/@cosmos-trpc/client");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(packageFolder, "node_modules", name, "package.json"), "utf8")).version;

const filesOf = (path: string): string[] => (readdirSync(path, { recursive: true }) as string[]).sort();

test("it is a module, its types and what npm always adds", () => {
  expect(filesOf(installed)).toEqual([
    "README.md",
    "dist",
    "dist/index.d.ts",
    "dist/index.js",
    "package.json",
  ]);
  const scopes = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  expect(scopes).toEqual(["@cosmos-trpc", "@trpc"]);
});

test("nothing in it comes from the server, and its types name its peers alone", () => {
  for (const file of ["dist/index.js", "dist/index.d.ts"]) {
    const text = readFileSync(join(installed, file), "utf8");
    const named = [...text.matchAll(/(?:from|import\() ?"([^"]+)"/g)].map(([, name]) => name);
    expect(named.every((name) => /^@trpc\/(client|server)(\/observable)?$/.test(name ?? ""))).toBe(true);
    expect(named.length).toBeGreaterThan(0);
    expect(text).not.toMatch(
      /@azure|zod|cosmos-core|apps\/|packages\/|\.\.\/|workspace:|process\.env|require\(/,
    );
  }
  expect(readFileSync(join(installed, "package.json"), "utf8")).not.toMatch(/"dependencies"/);
});

const consumer = `import { createClient, isItemsError, updateItem, type Item, type RouterInputs, type RouterOutputs } from "@cosmos-trpc/client";
const client = createClient({ url: "http://localhost", getToken: async () => "t", fetch, onError: ({ reason }, { path }) => void [reason, path] });
const item: Item = await client.items.get.query({ id: "a" }, { signal: AbortSignal.timeout(5) });
const output: RouterOutputs["items"]["upsert"] = item;
const input: RouterInputs["items"]["upsert"] = { id: output.id, ifMatch: output.etag };
await client.items.upsert.mutate(input);
await updateItem(client, { id: "a" }, ({ tags = [], ...rest }) => ({ ...rest, tags: [...tags, "b"] }));
export const told = (error: unknown): string | number | undefined => {
  if (isItemsError(error, "precondition-failed")) {
    error.reason satisfies "precondition-failed";
    return error.currentEtag ?? error.fields?.[0]?.path ?? error.retryAfterMs;
  }
  // @ts-expect-error There is no such reason.
  isItemsError(error, "precondition");
  return isItemsError(error) ? error.reason : undefined;
};
// @ts-expect-error The input lacks its id.
void client.items.get.query({});
// @ts-expect-error There is no such field.
void client.items.upsert.mutate({ id: "a", colour: "red" });
// @ts-expect-error An etag is read-only.
item.etag = "e";
// @ts-expect-error There is no such procedure.
void client.items.destroy;
`;

describe.each(Object.entries(compilers))("under %s", (name, compiler) => {
  const strictest = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    target: "es2022",
    noEmit: true,
    types: [],
  };

  test.each([
    [
      "nodenext",
      ["es2024", "esnext.disposable", "esnext.iterator", "dom", "dom.iterable", "dom.asynciterable"],
    ],
    ["bundler", ["esnext", "dom", "dom.iterable", "dom.asynciterable"]],
  ])("a strict consumer type-checks with its libraries, resolved by %s", async (moduleResolution, lib) => {
    const place = join(folder, `${name} ${moduleResolution}`.replaceAll(" ", "-"));
    mkdirSync(place);
    writeFileSync(join(place, "consumer.ts"), consumer);
    const module = moduleResolution === "bundler" ? "esnext" : moduleResolution;
    const compilerOptions = { ...strictest, module, moduleResolution, lib };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    expect(await runNode([compiler, "-p", "."], place)).toEqual({ code: 0, said: "" });
  });
});

/** What Vite makes of a page's one script, minified. */
async function bundled(script: string): Promise<string> {
  const place = join(folder, `page-${readdirSync(folder).length}`);
  mkdirSync(place);
  writeFileSync(join(place, "page.ts"), script);
  writeFileSync(join(place, "index.html"), '<script type="module" src="./page.ts"></script>');
  await build({ root: place, configFile: false, logLevel: "error", build: { modulePreload: false } });
  const made = join(place, "dist/assets");
  return readdirSync(made)
    .map((file) => readFileSync(join(made, file), "utf8"))
    .join("\n");
}

test("Vite bundles the README's page, and nothing of the server is in it", async () => {
  const script = await bundled(readmeFiles()["page.ts"] ?? "");
  expect(script).toContain("items.upsert");
  expect(script).not.toMatch(/@azure|cosmos-core|documents\.azure\.com|ZodError|CosmosClient|initTRPC|node:/);
});

test("it adds at most 3 kB (gzip) to the parts of @trpc/client that it uses", async () => {
  const parts =
    "createTRPCClient, httpBatchStreamLink, httpLink, httpSubscriptionLink, splitLink, TRPCClientError";
  const alone = `import { ${parts} } from "@trpc/client"; Object.assign(globalThis, { ${parts} });`;
  const whole = 'import * as client from "@cosmos-trpc/client"; Object.assign(globalThis, { ...client });';
  const [without, together] = await Promise.all([alone, whole].map(bundled));
  const size = (text = ""): number => gzipSync(text, { level: 9 }).length;
  expect(size(without)).toBeGreaterThan(5_000);
  expect(size(together) - size(without)).toBeLessThanOrEqual(3 * 1024);
});

test("publint and arethetypeswrong find nothing", async () => {
  const bin = (name: string, file: string): string => join(packageFolder, "node_modules", name, file);
  const publint = await runNode([bin("publint", "src/cli.js"), "run", tarball, "--strict"], folder);
  expect(publint).toMatchObject({ code: 0, said: expect.stringContaining("All good!") });
  const attw = [
    bin("@arethetypeswrong/cli", "dist/index.js"),
    tarball,
    "--ignore-rules",
    "cjs-resolves-to-esm",
  ];
  expect(await runNode(attw, folder)).toMatchObject({
    code: 0,
    said: expect.stringContaining("No problems found"),
  });
});
