import type { ItemsFigures, Row } from "../itemsApi.ts";
import type { TrpcHttpFigures } from "../trpcHttp.ts";
import { atLeast, atMost, type Target } from "./target.ts";

/** trpc-http beside its peers. */
export const trpcHttpTargets = ({ ratios }: TrpcHttpFigures): Target[] =>
  Object.entries(ratios).flatMap(([workload, peers]) =>
    peers.map(({ peer, atLeast: bound, byRequestsPerSecond, byCpuTime }) =>
      atLeast(bound, `trivial ${workload}, trpc-http against ${peer}`, byRequestsPerSecond, byCpuTime),
    ),
  );

/** The whole server beside its peers, before the constant backend. */
export function itemsTargets({ constant, starts }: ItemsFigures): Target[] {
  const row = (scenario: string, server: string): Row => {
    const found = constant[scenario]?.find((one) => one.server === server);
    if (found === undefined) throw new Error(`There is no figure of ${server} for ${scenario}.`);
    return found;
  };
  const [get, proxy] = [row("items.get", "plain tRPC + SDK"), row("items.get", "bare proxy")];
  const batches = row("batches of 10 items.get", "bare proxy");
  const fixed = row("items.get, 1000 a second", "plain tRPC + SDK");
  const alone = row("items.get, 1 connection", "plain tRPC + SDK");
  const hot = ["hot keys", "hot keys, 256 connections", "hotter keys, 256 connections"].map((scenario) => ({
    scenario,
    charge: row(scenario, "plain tRPC + SDK").ours.charge ?? Number.NaN,
  }));
  const bundled = starts.find(({ way }) => way === "bundled")?.againstUnbundled ?? Number.NaN;
  return [
    atLeast(
      6,
      "`items.get`, 64 connections, against plain tRPC + SDK",
      get.ours.throughput,
      1 / get.ours.cpu,
    ),
    atLeast(0.6, "the same against the bare proxy", proxy.ours.throughput, 1 / proxy.ours.cpu),
    atLeast(
      1.5,
      "`items.get` in client batches of 10, operations a second, against the bare proxy",
      batches.ours.throughput,
      1 / batches.ours.cpu,
    ),
    atMost(1, "p99 at 1,000 requests a second, against plain tRPC + SDK", fixed.ours.p99),
    atMost(1, "1 connection, latency against plain tRPC + SDK", alone.ours.latency, alone.ours.cpu),
    ...hot.map(({ scenario, charge }) =>
      atMost(0.5, `${scenario}, charge for an answer, against plain tRPC + SDK`, charge),
    ),
    atMost(0.5, "spawn to first 200, against the unbundled server", bundled),
  ];
}
