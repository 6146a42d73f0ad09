import type { IndexUse } from "../calls.ts";
import { printable } from "./show.ts";

type Composite = NonNullable<IndexUse["suggestedCompositeIndex"]>;

/** For people: which indexes a list used, which would help, and what to declare for that. */
export function showExplain({ used, potential, suggestedCompositeIndex }: IndexUse): string {
  const rows: [string, string][] = [
    ["used", indexes(used)],
    ["would help", indexes(potential)],
    [
      "suggested",
      suggestedCompositeIndex === undefined ? "no composite index" : keys(suggestedCompositeIndex),
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(11)} ${printable(value)}\n`).join("");
}

const indexes = ({ single, composite }: IndexUse["used"]): string =>
  [...single, ...composite.map(keys)].join(", ") || "none";

const keys = (composite: Composite): string =>
  `composite (${composite.map(({ path, order }) => `${path} ${order}`).join(", ")})`;
