import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readmeFiles } from "./readmeFiles.ts";
import { compilers, packageFolder, runNode } from "./runNode.ts";

test.each(Object.entries(compilers))(
  "the README's three programs compile under %s",
  async (_name, compiler) => {
    const files = readmeFiles();
    expect(Object.keys(files)).toEqual(["node.ts", "react.tsx", "page.ts"]);
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "client-readme-")));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    symlinkSync(join(packageFolder, "node_modules"), join(folder, "node_modules"), "dir");
    const compilerOptions = {
      strict: true,
      target: "es2024",
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable"],
      module: "nodenext",
      jsx: "react-jsx",
      noEmit: true,
      skipLibCheck: true,
      types: [],
      paths: { "@cosmos-trpc/client": [join(packageFolder, "dist/index.d.ts")] },
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: Object.keys(files) }),
    );
    expect(await runNode([compiler, "-p", "."], folder)).toEqual({ code: 0, said: "" });
  },
);

test("docs/typegen.md shows the generated file as it is", () => {
  const read = (path: string): string => readFileSync(join(packageFolder, path), "utf8");
  const [, shown] =
    /^```ts file=packages\/client\/src\/generated\/router\.d\.ts\n(.*?)^```$/ms.exec(
      read("../../docs/typegen.md"),
    ) ?? [];
  expect(shown).toBe(read("src/generated/router.d.ts"));
});
