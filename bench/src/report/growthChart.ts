import type { EmulatorFigures } from "../emulator.ts";
import { draw } from "./draw.ts";

/** How start and queries grow with the documents, as SVG. */
export function drawGrowth({ growth }: EmulatorFigures): Promise<string> {
  const curves = {
    start: "startMs",
    "selective filter": "filterMs",
    "ORDER BY TOP 20": "topMs",
    "filter and ORDER BY TOP 20": "topOfFilterMs",
  } as const;
  const values = Object.entries(curves).flatMap(([what, figure]) =>
    growth.map((row) => ({ what, documents: row.documents, milliseconds: row[figure] })),
  );
  const bounds = growth.map(({ documents }) => documents);
  return draw({
    background: "white",
    title: "How start and queries grow, both axes logarithmic",
    data: { values },
    width: 560,
    height: 320,
    mark: { type: "line", point: true },
    encoding: {
      x: {
        field: "documents",
        type: "quantitative",
        scale: { type: "log" },
        axis: { values: bounds, format: "," },
      },
      y: { field: "milliseconds", type: "quantitative", scale: { type: "log" } },
      color: { field: "what", title: null, sort: Object.keys(curves) },
    },
  });
}
