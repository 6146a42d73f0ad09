import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** Draws a chart as SVG. It should have a background: pages are read in the dark, too. */
export function draw(chart: TopLevelSpec): Promise<string> {
  return new View(parse(compile(chart).spec), { renderer: "none" }).toSVG();
}
