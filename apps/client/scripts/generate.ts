import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formatProblem, generateRouterTypes } from "@cosmos-trpc/trpc-typegen";
import { page, withExcerpt } from "./excerpt.ts";

/**
 * Writes what is made from the server's router: the client's types, the manifest, and the excerpt of the types that a
 * page shows. With `--check` it writes nothing, and fails when something is stale. It runs from the packages' sources,
 * so nothing has to be built before it. Exit codes: 0 all is current, 1 not so.
 */
const app = join(import.meta.dirname, "..");
const root = join(app, "../..");
const isCheck = process.argv.includes("--check");
const stale: string[] = [];
const shown = (file: string): string => relative(root, file);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function put(file: string, text: string): void {
  if (readFileSync(file, "utf8") === text) return;
  if (isCheck) stale.push(shown(file));
  else writeFileSync(file, text);
}

const types = join(app, "src/generated/router.d.ts");
const generated = generateRouterTypes({
  routerFile: join(app, "../server/src/router.ts"),
  exportName: "appRouter",
  outFile: types,
});
if (generated.ok) {
  put(types, generated.text);
  const file = join(root, page);
  put(file, withExcerpt(readFileSync(file, "utf8"), generated.text));
} else {
  for (const problem of generated.problems) say(formatProblem(problem, shown));
  process.exitCode = 1;
}
if (stale.length > 0) {
  say(`Stale: ${stale.join(", ")}. Run \`npx -y pnpm@12 generate\` and commit what it writes.`);
  process.exitCode = 1;
}
