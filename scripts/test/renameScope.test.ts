import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("one command renames the scope of the apps, everywhere", () => {
  const copy = mkdtempSync(join(tmpdir(), "scope-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  const isSource = (path: string) =>
    !["node_modules", "dist", ".git", "test-results.json"].includes(basename(path));
  for (const part of [
    "apps",
    "packages",
    "scripts",
    "biome.json",
    "knip.jsonc",
    "package.json",
    ".gitignore",
  ]) {
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: isSource });
  }
  const rename = (scope: string) =>
    spawnSync(process.execPath, [join(root, "scripts/src/renameScope.ts"), scope], {
      cwd: copy,
      encoding: "utf8",
    });
  const { name } = JSON.parse(readFileSync(join(copy, "apps/server/package.json"), "utf8")) as {
    name: string;
  };
  const scope = name.split("/")[0] ?? "";
  const using = (wanted: string) =>
    globSync("{apps,packages}/**/*.{ts,json}", { cwd: copy }).filter((file) =>
      readFileSync(join(copy, file), "utf8").includes(`${wanted}/`),
    );
  const before = using(scope);
  expect(before.length).toBeGreaterThan(5);
  // Longer than the one before, and elsewhere among sorted imports.
  const wanted = "@zz-a-team-with-a-long-name";
  expect(rename(wanted)).toMatchObject({ status: 0, stderr: "" });
  expect([using(scope), using(wanted)]).toEqual([[], before]);
  expect(readFileSync(join(copy, "biome.json"), "utf8")).toContain(`"${wanted}/*"`);
  const literal = globSync("{apps,packages,scripts}/**/*.ts", { cwd: copy }).filter((file) =>
    readFileSync(join(copy, file), "utf8").includes(`"${scope}"`),
  );
  expect(literal).toEqual([]);
  const biome = join(root, "node_modules/.bin/biome");
  const inForm = spawnSync(biome, ["format", "apps", "scripts", ...using(wanted)], {
    cwd: copy,
    encoding: "utf8",
  });
  expect(inForm).toMatchObject({ status: 0 });
  expect(rename("Acme")).toMatchObject({ status: 1, stderr: expect.stringContaining("is no scope") });
});
