import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startNode } from "./childProcess.ts";

const root = join(import.meta.dirname, "..");

test("the README's first example prints what it says", async () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const [, printed] = /console\.log\(.*\); \/\/ (.*)$/m.exec(program) ?? [];
  const { exit } = startNode(["--input-type=module-typescript", "-e", program]);
  expect(await exit).toMatchObject({ code: 0, stdout: `${printed}\n`, stderr: "" });
});

test("what is packed needs no package that is not published", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const built = ["index.js", "index.d.ts", "command.cjs"].map((name) =>
    readFileSync(join(root, "dist", name), "utf8"),
  );
  const named = built.flatMap((text) =>
    Array.from(text.matchAll(/(?:\bfrom |\bimport |\brequire\()"([^".][^"]*)"/g), ([, name = ""]) => name),
  );
  const packages = new Set(named.filter((name) => !isBuiltin(name)));
  expect(packages).toContain("jose");
  expect([...packages].filter((name) => dependencies[name] === undefined)).toEqual([]);
  expect(Object.keys(dependencies).filter((name) => name.startsWith("@cosmos-trpc/"))).toEqual([]);
});
