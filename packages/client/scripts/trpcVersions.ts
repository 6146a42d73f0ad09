import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Runs this package's type check and tests against versions of `@trpc/client` and `@trpc/server` from the npm registry,
 * with the bindings for TanStack Query at the version that is bundled. So the range of the peers is known and not
 * hoped for. Versions are arguments; without any, every version that the registry has from the lowest of the range on.
 *
 *     node scripts/trpcVersions.ts 11.22.1 11.25.2
 *
 * The package has to be built. It is no part of the suite, since what it says changes with the registry. Exit codes: 0 all pass, 1 not so.
 */
const packageFolder = join(import.meta.dirname, "..");
const root = join(packageFolder, "../..");
const { peerDependencies } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
/** How small a page is packed depends on the text of one tRPC; it is measured with the workspace's. */
const notSize = ["--exclude", "test/size.test.ts"];
const bindings = "@trpc/tanstack-react-query";
const npm = (args: readonly string[], cwd: string): string =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

function publishedVersions(): string[] {
  const spec = `@trpc/client@${peerDependencies["@trpc/client"]}`;
  const found: unknown = JSON.parse(npm(["view", spec, "version", "--json"], packageFolder));
  return [found].flat() as string[];
}

/** Whether type check and tests pass with one version, in a copy of this package. */
function passes(version: string): boolean {
  const house = mkdtempSync(join(tmpdir(), "trpc-version-"));
  try {
    const copy = join(house, "packages/client");
    mkdirSync(copy, { recursive: true });
    for (const part of [
      "dist",
      "README.md",
      "src",
      "test",
      "package.json",
      "tsconfig.json",
      "vitest.config.ts",
      "rolldown.config.ts",
    ]) {
      cpSync(join(packageFolder, part), join(copy, part), { recursive: true });
    }
    // What the configuration extends and imports is the workspace's own.
    for (const name of readdirSync(root)) {
      if (name !== "packages" && !name.startsWith(".git")) symlinkSync(join(root, name), join(house, name));
    }
    link(join(packageFolder, "node_modules"), join(copy, "node_modules"));
    // What names tRPC is installed beside it, so that there is one copy.
    const bound: string = JSON.parse(
      readFileSync(join(packageFolder, "node_modules", bindings, "package.json"), "utf8"),
    ).version;
    const place = join(house, "trpc");
    mkdirSync(place);
    writeFileSync(join(place, "package.json"), "{}");
    const wanted = [`@trpc/client@${version}`, `@trpc/server@${version}`, `${bindings}@${bound}`];
    npm(["install", "--no-audit", "--no-fund", "--legacy-peer-deps", "--silent", ...wanted], place);
    for (const name of ["react", "@tanstack/react-query"]) {
      mkdirSync(dirname(join(place, "node_modules", name)), { recursive: true });
      symlinkSync(join(packageFolder, "node_modules", name), join(place, "node_modules", name), "dir");
    }
    rmSync(join(copy, "node_modules/@trpc"), { recursive: true });
    symlinkSync(join(place, "node_modules/@trpc"), join(copy, "node_modules/@trpc"), "dir");
    const node = (...args: string[]): boolean =>
      spawnSync(process.execPath, args, { cwd: copy, stdio: "inherit" }).status === 0;
    const isTyped = node(join(root, "node_modules/typescript/bin/tsc"));
    return node(join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter=dot", ...notSize) && isTyped;
  } finally {
    rmSync(house, { recursive: true, force: true });
  }
}

/** Links every package of a node_modules folder, so that single ones can be exchanged. */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith("@")) link(join(from, name), join(to, name));
    else if (!name.startsWith(".")) symlinkSync(join(from, name), join(to, name), "dir");
  }
}

const { positionals } = parseArgs({ allowPositionals: true });
const results = (positionals.length > 0 ? positionals : publishedVersions()).map((version) => {
  const ok = passes(version);
  process.stdout.write(`${version}: ${ok ? "passes" : "FAILS"}\n`);
  return ok;
});
process.exitCode = results.every(Boolean) ? 0 : 1;
