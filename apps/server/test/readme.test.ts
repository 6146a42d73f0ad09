import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const app = join(import.meta.dirname, "..");
const root = join(app, "../..");

test("the README's examples compile, against the packages as they are", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const examples = [...readme.matchAll(/^( *)```ts file=(\S+)\n(.*?)^ *```$/gms)];
  expect(examples.map(([, , name]) => name)).toEqual([
    "orders.ts",
    "entities.ts",
    "upgraded.ts",
    "router.ts",
  ]);
  // Inside the app's folder, so that imports find what the app has installed.
  const caches = join(app, "node_modules/.cache");
  mkdirSync(caches, { recursive: true });
  const folder = mkdtempSync(join(caches, "readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [, , name = "", code = ""] of examples) writeFileSync(join(folder, name), code);
  const project = { extends: join(root, "tsconfig.base.json"), include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));

  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "--singleThreaded", "-p", folder], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});
