import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formatProblem, generateRouterTypes } from "@cosmos-trpc/trpc-typegen";
import { page, withExcerpt } from "./excerpt.ts";

/**
 * Writes what is made from the server's router: the client's types, the manifest, and the excerpt of the types that a
 * page shows. With `--check` it writes nothing, and says what is stale. It runs from the packages' sources, so nothing
 * has to be built before it. Exit codes: 0 all is current, 1 not so.
 */
const app = join(import.meta.dirname, "..");
const root = join(app, "../..");
const server = join(app, "../server/src/router.ts");
const isCheck = process.argv.includes("--check");
const stale: string[] = [];
const shown = (file: string): string => relative(root, file).replaceAll("\\", "/");
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function put(file: string, text: string): void {
  const isCurrent = readIfPresent(file) === text;
  if (isCheck && !isCurrent) stale.push(shown(file));
  else if (!isCurrent) writeFileSync(file, text);
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function generateTypes(): void {
  const outFile = join(app, "src/generated/router.d.ts");
  const generated = generateRouterTypes({ routerFile: server, exportName: "appRouter", outFile });
  if (generated.ok) {
    put(outFile, generated.text);
    const file = join(root, page);
    put(file, withExcerpt(readFileSync(file, "utf8"), generated.text));
  } else {
    for (const problem of generated.problems) say(formatProblem(problem, shown));
    process.exitCode = 1;
  }
}

function generateManifest(): void {
  const file = join(app, "src/generated/manifest.ts");
  // Beside the file itself, since what is written names its source from there.
  const fresh = `${file}.${process.pid}`;
  const tool = join(app, "node_modules/@cosmos-trpc/server");
  const bins = JSON.parse(readFileSync(join(tool, "package.json"), "utf8")).bin;
  const source = join(tool, bins["cosmos-trpc-manifest"].replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
  try {
    const args = ["--conditions=@cosmos-trpc/source", source, server, "--out", fresh];
    const { status } = spawnSync(process.execPath, args, { cwd: app, stdio: "inherit" });
    if (status === 0) put(file, readFileSync(fresh, "utf8"));
    else process.exitCode = 1;
  } finally {
    rmSync(fresh, { force: true });
  }
}

// First, since it runs the definitions: one that is refused says why in a sentence, and of its types nothing is known.
generateManifest();
if (process.exitCode !== 1) generateTypes();
if (stale.length > 0) {
  say(`Stale: ${stale.join(", ")}. Run \`npx -y pnpm@12 generate\` and commit what it writes.`);
  process.exitCode = 1;
}
