import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Puts the generated types into docs/typegen.md, which shows them as they are. */
const root = join(import.meta.dirname, "../../..");
const generated = "packages/client/src/generated/router.d.ts";
const page = join(root, "docs/typegen.md");
const types = readFileSync(join(root, generated), "utf8");
const before = readFileSync(page, "utf8");
const opening = `\`\`\`ts file=${generated}\n`;
const start = before.indexOf(opening);
const end = before.indexOf("```\n", start + opening.length);
if (start === -1 || end === -1) throw new Error(`docs/typegen.md has no block that opens with ${opening}`);
writeFileSync(page, before.slice(0, start + opening.length) + types + before.slice(end));
