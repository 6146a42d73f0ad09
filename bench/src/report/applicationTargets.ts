import type { ImportFigures } from "../importItems.ts";
import type { ListFigures } from "../list.ts";
import { atLeast, atMost, type Target, within } from "./target.ts";

/** Pages of lists beside the SDK's own query call. */
export const listTargets = ({ rows }: ListFigures): Target[] =>
  rows.map(({ page, ratio }) => atMost(1.3, `CPU of a page of a list: ${page}`, ratio));

/** The import beside a loop of upserts. */
export const importTargets = ({ rows, ratios }: ImportFigures): Target[] => [
  ...Object.entries(ratios).map(([concurrency, ratio]) =>
    atLeast(3, `import of 100,000 items, ${concurrency} at once, against a loop of SDK upserts`, ratio),
  ),
  ...rows
    .filter(({ way }) => way === "items import")
    .map(({ concurrency, peakMegabytes }) =>
      within(200, "MB", `memory of that import, ${concurrency} at once`, peakMegabytes),
    ),
];
