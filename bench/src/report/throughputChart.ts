import type { ItemsFigures } from "../itemsApi.ts";
import { draw } from "./draw.ts";

/** What the chart shows of the scenarios: the loads that are as fast as they can be. */
const shown = ["items.get", "items.upsert", "80 % get, 20 % upsert", "hot keys", "batches of 10 items.get"];

/** Operations a second of every server in every load before the constant backend, as SVG. */
export function drawThroughput({ constant }: ItemsFigures): Promise<string> {
  const values = shown.flatMap((scenario) =>
    (constant[scenario] ?? []).map(({ server, operationsPerSecond }) => ({
      scenario,
      server,
      operationsPerSecond,
    })),
  );
  return draw({
    background: "white",
    title: "Operations a second on one core, before a constant backend",
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
}
