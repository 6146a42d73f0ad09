import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Renames the scope of the apps, `@app/server` and so on, to a team's own: `pnpm rename-scope @acme`. The scope that they
// have is that of apps/server's package.json.

const root = process.cwd();
const [wanted = ""] = process.argv.slice(2);
if (!/^@[a-z\d][a-z\d._-]*$/.test(wanted)) {
  console.error(`${JSON.stringify(wanted)} is no scope: say one as npm has it, @acme.`);
  process.exit(1);
}
const { name } = JSON.parse(readFileSync(join(root, "apps/server/package.json"), "utf8")) as { name: string };
const [current] = name.split("/");
const files = globSync("**/*.{ts,tsx,json,jsonc,md}", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|\.git|CHANGELOG\.md)$/.test(path),
});
const changed: string[] = [];
for (const file of files) {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const renamed = text.replaceAll(`${current}/`, `${wanted}/`);
  if (renamed === text) continue;
  writeFileSync(path, renamed);
  changed.push(file);
}
// Another name has another length, and another place among imports.
const biome = join(import.meta.dirname, "../../node_modules/.bin/biome");
const options = ["--write", "--no-errors-on-unmatched", "--log-level=error"];
const form = spawnSync(biome, ["check", ...options, ...changed], { cwd: root, encoding: "utf8" });
if (form.status !== 0) {
  console.error(form.stdout + form.stderr);
  process.exitCode = 1;
}
console.log(`${current} is ${wanted} now, in ${changed.length} files. Run \`npx -y pnpm@12 install\`.`);
