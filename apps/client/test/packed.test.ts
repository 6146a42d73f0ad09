import {
  existsSync,
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
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readmeFiles, readmeInstalls } from "./readmeFiles.ts";
import { compilers, packageFolder, run, runNode } from "./runNode.ts";

/** Its scope is the team's to rename. */
const ownName: string = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")).name;

let folder: string;
let tarball: string;
/** Where the client is installed with its peers alone. */
let alone: string;
let installed: string;

// The package as npm packs and installs it, where nothing of the workspace can be found.
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "client-packed-")));
  // The build is the test's own dependency: another would take the files away under other tests.
  const packed = await run(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder],
    packageFolder,
  );
  expect(packed).toMatchObject({ code: 0 });
  tarball = join(folder, packed.said.trim().split("\n").at(-1) ?? "");
  alone = await installIn("alone", readmeInstalls[0] ?? []);
  installed = join(alone, "node_modules", ownName);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(packageFolder, "node_modules", name, "package.json"), "utf8")).version;

/** Has plain npm install packages in a folder, to what is there already: the packed client, the others as the workspace has them. */
async function installIn(name: string, packages: readonly string[]): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  if (!existsSync(join(place, "package.json"))) {
    writeFileSync(join(place, "package.json"), '{ "type": "module", "private": true }\n');
  }
  const specs = packages.map((each) => (each === ownName ? tarball : `${each}@${versionOf(each)}`));
  const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
  expect(await run("npm", ["install", ...flags, ...specs], place)).toMatchObject({ code: 0 });
  return place;
}

const filesOf = (path: string): string[] => (readdirSync(path, { recursive: true }) as string[]).sort();

const entries = ["index", "manifest", "react"];

test("it is three modules, their types and what npm always adds", () => {
  expect(filesOf(installed)).toEqual([
    "README.md",
    "dist",
    ...entries.flatMap((entry) => [`dist/${entry}.d.ts`, `dist/${entry}.js`]),
    "package.json",
  ]);
  const scopes = readdirSync(join(alone, "node_modules")).filter((name) => !name.startsWith("."));
  // npm adds TypeScript, tRPC's own peer.
  const [scope = ""] = ownName.split("/");
  expect(scopes.sort()).toEqual([scope, "@trpc", "@typescript", "typescript"].sort());
});

test("nothing in it comes from the server, and its types name its peers alone", () => {
  const peers = {
    index: /^@trpc\/(client|server)(\/observable)?$/,
    manifest: /^$/,
    react: /^(@trpc\/(client|server)(\/.+)?|@tanstack\/react-query|react)$/,
  };
  for (const [entry, peer] of Object.entries(peers)) {
    for (const file of [`dist/${entry}.js`, `dist/${entry}.d.ts`]) {
      const text = readFileSync(join(installed, file), "utf8");
      const named = [...text.matchAll(/(?:from|import\() ?"([^"]+)"/g)].map(([, name]) => name);
      expect(named.filter((name) => !peer.test(name ?? ""))).toEqual([]);
      expect(named.length > 0).toBe(entry !== "manifest");
      expect(text).not.toMatch(
        /@azure|zod|cosmos-core|@cosmos-trpc|apps\/|packages\/|\.\.\/|workspace:|process\.env|require\(/,
      );
    }
  }
  // What the bindings' licence asks for.
  expect(readFileSync(join(installed, "dist/react.js"), "utf8")).toContain("Permission is hereby granted");
  expect(readFileSync(join(installed, "package.json"), "utf8")).not.toMatch(/"dependencies"/);
});

const consumer = `import { createClient, isApiError, updateItem, type Item, type RouterInputs, type RouterOutputs, type Stored } from "${ownName}";
import { manifest } from "${ownName}/manifest";
const client = createClient({ url: "http://localhost", getToken: async () => "t", fetch, onError: ({ reason }, { path }) => void [reason, path] });
const item: Item = await client.items.get.query({ id: "a" }, { signal: AbortSignal.timeout(5) });
const output: RouterOutputs["items"]["upsert"] = item;
const stored: Stored<"items"> = output;
const input: RouterInputs["items"]["upsert"] = [{ id: stored.id }, { ifMatch: stored._etag }];
manifest.entities["items"]?.key satisfies readonly { readonly name: string }[] | undefined;
await client.items.upsert.mutate(input);
await updateItem(client.items, { id: "a" }, ({ tags = [], ...rest }) => ({ ...rest, tags: [...tags, "b"] }));
export const told = (error: unknown): string | number | undefined => {
  if (isApiError(error, "precondition-failed")) {
    error.reason satisfies "precondition-failed";
    return error.currentEtag ?? error.fields?.[0]?.path ?? error.retryAfterMs;
  }
  // @ts-expect-error There is no such reason.
  isApiError(error, "precondition");
  return isApiError(error) ? error.reason : undefined;
};
// @ts-expect-error The input lacks its id.
void client.items.get.query({});
// @ts-expect-error There is no such field.
void client.items.upsert.mutate({ id: "a", colour: "red" });
// @ts-expect-error An etag is read-only.
item._etag = "e";
// @ts-expect-error There is no such procedure.
void client.items.destroy;
// @ts-expect-error There is no such entity.
type None = Stored<"nothing">;
export type { None };
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
    const place = join(alone, `${name} ${moduleResolution}`.replaceAll(" ", "-"));
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
  const place = join(alone, `page-${readdirSync(alone).length}`);
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
  const script = await bundled(readmeFiles["page.ts"] ?? "");
  expect(script).toContain("items.upsert");
  expect(script).not.toMatch(/@azure|cosmos-core|documents\.azure\.com|ZodError|CosmosClient|initTRPC|node:/);
});

const react = readmeInstalls[1] ?? [];
const tools = ["react-dom", "@types/react", "@types/react-dom"];

describe.each([
  // To what the tests before this were about: npm has less to do than for a folder of its own.
  { folderName: "alone", beside: "", packages: react, compiledBy: Object.entries(compilers) },
  {
    folderName: "beside",
    beside: " beside tRPC's own bindings, which want one version exactly",
    packages: [...react.filter((name) => !name.startsWith("@trpc/")), "@trpc/tanstack-react-query"],
    compiledBy: Object.entries(compilers).slice(-1),
  },
])("the README's React page, installed by plain npm$beside", ({ folderName, packages, compiledBy }) => {
  let place: string;

  beforeAll(async () => {
    place = await installIn(folderName, [...packages, ...tools]);
    for (const [file, code] of Object.entries(readmeFiles)) writeFileSync(join(place, file), code);
  });

  test.each(compiledBy)("compiles under %s, as the other programs do", async (_name, compiler) => {
    const compilerOptions = {
      strict: true,
      target: "es2024",
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable"],
      module: "nodenext",
      jsx: "react-jsx",
      skipLibCheck: true,
      types: [],
    };
    const files = ["node.ts", "react.tsx", "page.ts"];
    expect(Object.keys(readmeFiles)).toEqual(files);
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    expect(await runNode([compiler, "-p", "."], place)).toEqual({ code: 0, said: "" });
  });

  test("is rendered on a server", async () => {
    writeFileSync(
      join(place, "render.js"),
      `import { createElement } from "react";
       import { renderToString } from "react-dom/server";
       import { App } from "./react.js";
       process.stdout.write(renderToString(createElement(App)));`,
    );
    expect(await runNode(["render.js"], place)).toEqual({ code: 0, said: "<p>…</p>" });
  });
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
    // Node 10 knows no entries beside the main one.
    "--profile",
    "node16",
  ];
  // It exits with 1 for any problem that is not ignored.
  expect(await runNode(attw, folder)).toMatchObject({ code: 0, said: expect.stringContaining("🟢") });
});
