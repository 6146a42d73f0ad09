import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Runs a program as if it lay in this package's folder. */
function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const options = ["--conditions=@cosmos-trpc/source", "--input-type=module-typescript", "-e", program];
  return spawnSync(process.execPath, options, { cwd: root, encoding: "utf8" });
}

test("the README's first example prints what it says", () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const [, printed] = /^\/\/ (.*)$/m.exec(program) ?? [];
  expect(run(program)).toMatchObject({ status: 0, stdout: `${printed}\n`, stderr: "" });
});

test("regular expressions are loaded by the first query that has one", () => {
  const { stdout } = run(`
    import { createRequire } from "node:module";
    import { runQuery } from "@cosmos-trpc/cosmos-sql";
    const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("re2js"));
    const rows = (text: string) => JSON.stringify([...runQuery(text, [{ a: "xay" }])]);
    console.log(rows('SELECT VALUE CONTAINS(c.a, "a") FROM c'), isLoaded());
    console.log(rows('SELECT VALUE REGEXMATCH(c.a, "x.y") FROM c'), isLoaded());`);
  expect(stdout).toBe("[true] false\n[true] true\n");
});
