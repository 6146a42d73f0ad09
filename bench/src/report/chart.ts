import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { ItemsFigures } from "../itemsApi.ts";

/** What the chart shows of the scenarios: the loads that are as fast as they can be. */
const shown = ["items.get", "items.upsert", "80 % get, 20 % upsert", "hot keys", "batches of 10 items.get"];

/** Operations a second of every server in every load before the constant backend, as SVG. */
export async function drawThroughput({ constant }: ItemsFigures): Promise<string> {
  const values = shown.flatMap((scenario) =>
    (constant[scenario] ?? []).map(({ server, operationsPerSecond }) => ({
      scenario,
      server,
      operationsPerSecond,
    })),
  );
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: "Operations a second on one core, before a constant backend",
    background: "white",
    data: { values },
    width: 560,
    mark: "bar",
    encoding: {
      row: { field: "scenario", title: null, sort: shown, header: { labelAngle: 0, labelAlign: "left" } },
      y: { field: "server", title: null, sort: null },
      x: { field: "operationsPerSecond", type: "quantitative", title: "operations a second" },
      color: {
        condition: { test: "datum.server === 'cosmos-trpc'", value: "#0b6bcb" },
        value: "#b4bcc6",
      },
    },
    resolve: { scale: { y: "independent" } },
  });
  return new View(parse(spec), { renderer: "none" }).toSVG();
}
