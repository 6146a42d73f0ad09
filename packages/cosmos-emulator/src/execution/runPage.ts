import { orderedPage } from "./orderedPage.ts";
import type { Page, Position, PreparedQuery } from "./page.ts";
import { snapshotPage } from "./snapshotPage.ts";
import { streamPage } from "./streamPage.ts";

/** Runs a query for one page of up to `size` rows. */
export function runPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled } = query;
  if (compiled.kind === "grouped" || compiled.distinct || compiled.isConstant)
    return snapshotPage(query, position, size);
  return compiled.kind === "ordered" ? orderedPage(query, position, size) : streamPage(query, position, size);
}
