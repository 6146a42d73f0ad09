import type { RouterOutputs } from "@cosmos-trpc/client";
import { printable } from "./show.ts";

type Explain = NonNullable<RouterOutputs["items"]["list"]["explain"]>;

type Composite = NonNullable<Explain["suggestedCompositeIndex"]>;

/** For people: which indexes a list used, which would help, and what to declare for that. */
export function showExplain({ used, potential, suggestedCompositeIndex }: Explain): string {
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

const indexes = ({ single, composite }: Explain["used"]): string =>
  [...single, ...composite.map(keys)].join(", ") || "none";

const keys = (composite: Composite): string =>
  `composite (${composite.map(({ path, order }) => `${path} ${order}`).join(", ")})`;
