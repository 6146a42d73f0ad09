import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failureCodes, reasons } from "../src/index.ts";

const packageFolder = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageFolder, "README.md"), "utf8");

test("the README's first example runs as it is pasted, and prints what it says", () => {
  const [, program = ""] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  const said = Array.from(program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm), ([, line]) => line);
  expect(said.length).toBeGreaterThan(0);
  const node = ["--conditions=@cosmos-trpc/source", "--input-type=module-typescript", "-"];
  const { stdout, stderr } = spawnSync(process.execPath, node, {
    cwd: packageFolder,
    input: program,
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual([`${said.join("\n")}\n`, ""]);
});

test("the README names every reason and every code of a failure", () => {
  for (const name of [...reasons, ...failureCodes]) expect(readme).toContain(`\`${name}\``);
});
