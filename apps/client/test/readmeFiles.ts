import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./runNode.ts";

const readme = readFileSync(join(packageFolder, "README.md"), "utf8");

/** The README's programs, by their names. */
export const readmeFiles: Readonly<Record<string, string>> = Object.fromEntries(
  [...readme.matchAll(/^```tsx? file=(\S+)\n(.*?)^```$/gms)].map(([, name = "", code = ""]) => [name, code]),
);

/** What the README says to install: first in any program, then in a page with React. */
export const readmeInstalls: readonly (readonly string[])[] = [
  ...readme.matchAll(/^ {4}npm install (.*)$/gm),
].map(([, names = ""]) => names.split(" "));
