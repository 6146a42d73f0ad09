import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./runNode.ts";

/** The README's programs, by their names. */
export function readmeFiles(): Record<string, string> {
  const text = readFileSync(join(packageFolder, "README.md"), "utf8");
  const blocks = text.matchAll(/^```tsx? file=(\S+)\n(.*?)^```$/gms);
  return Object.fromEntries([...blocks].map(([, name = "", code = ""]) => [name, code]));
}
