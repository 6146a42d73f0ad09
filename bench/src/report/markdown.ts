import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import type { Target } from "./target.ts";

/**
 * Writes sections of a page of `docs` anew, each between its two comments.
 *
 * @throws Error for a section that the page does not have
 */
export function writeSections(page: string, sections: Readonly<Record<string, string>>): void {
  const file = join(root, "docs", page);
  let text = readFileSync(file, "utf8");
  for (const [name, content] of Object.entries(sections)) text = replaceSection(file, text, name, content);
  writeFileSync(file, text);
}

function replaceSection(file: string, text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: written by pnpm bench -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${basename(file)} has no section "${begin}" … "${end}".`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** A table whose first column is text and whose others are figures. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** What was to be reached, and what was. */
export const targetTable = (targets: readonly Target[]): string =>
  table(
    ["workload", "target", "measured", "by CPU time", "reached"],
    targets.map(({ workload, target, measured, unit, byCpu, isReached }) => [
      workload,
      target,
      `${measured} ${unit}`,
      byCpu === undefined ? "" : `${byCpu} ×`,
      isReached ? "yes" : "no",
    ]),
  );
