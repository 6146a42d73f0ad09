import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const sources = {
  cli: join(import.meta.dirname, "example/main.ts"),
  server: join(import.meta.dirname, "example/api.ts"),
  emulator: join(import.meta.dirname, "../../cosmos-emulator/src/main.ts"),
};

/**
 * Bundles the programs that tests start, once for all of them: a bundle starts in a fifth of the time that a program
 * takes from its sources, and tests start nearly a hundred. Beside them is the example's manifest.
 */
export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "cli-programs-"));
  for (const [name, input] of Object.entries(sources)) {
    const bundle = await rolldown({
      input,
      platform: "node",
      resolve: { conditionNames: ["@cosmos-trpc/source", "import", "node", "default"] },
    });
    await bundle.write({ dir: join(folder, name), entryFileNames: "main.js", format: "esm" });
    await bundle.close();
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const server = JSON.stringify(pathToFileURL(join(folder, "server/main.js")));
  const print = `import { manifest } from ${server}; process.stdout.write(JSON.stringify(manifest));`;
  const args = ["--input-type=module", "--eval", print];
  writeFileSync(join(folder, "manifest.json"), execFileSync(process.execPath, args));
  process.env["CLI_TEST_PROGRAMS"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
