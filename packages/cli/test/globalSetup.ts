import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes the example's manifest once, for the programs that tests start. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "cli-manifest-"));
  const path = join(folder, "manifest.json");
  const api = JSON.stringify(join(import.meta.dirname, "example/api.ts"));
  const print = `import { manifest } from ${api}; process.stdout.write(JSON.stringify(manifest));`;
  // In a process of its own: only there are the workspace's packages their sources.
  const args = ["--conditions=@cosmos-trpc/source", "--input-type=module", "--eval", print];
  writeFileSync(path, execFileSync(process.execPath, args));
  process.env["EXAMPLE_MANIFEST"] = path;
  return () => rmSync(folder, { recursive: true, force: true });
}
