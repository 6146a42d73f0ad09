import { delay } from "../faults/fault.ts";
import { flag, readFields, text } from "../fields.ts";
import { type Outage, type Regions, readOutage } from "../regions/regions.ts";
import type { Route } from "./route.ts";

interface RegionChange {
  /** Whether it works. */
  readonly up?: boolean;
  /** How it is out of order, where it is not up. */
  readonly outage?: Outage;
  readonly lagMs?: number;
}

/** Regions: outages, lag, fail-over. */
export const regionRoutes = (regions: Regions): readonly Route[] => [
  { method: "GET", path: "/regions", run: () => ({ regions: regions.list() }) },
  {
    method: "PUT",
    path: "/regions/:name",
    run({ parameters, body }) {
      const name = parameters["name"] ?? "";
      const { outage, up, lagMs } = readFields<RegionChange>(body, {
        outage: readOutage,
        up: flag,
        lagMs: delay,
      });
      if (lagMs !== undefined) regions.setLag(name, lagMs);
      if (up === true) regions.bringUp(name);
      else if (up === false || outage !== undefined) regions.takeDown(name, outage);
      return { regions: regions.list() };
    },
  },
  {
    method: "POST",
    path: "/failover",
    run({ body }) {
      regions.failover(readFields<{ region: string }>(body, { region: text }, ["region"]).region);
      return { regions: regions.list() };
    },
  },
];
