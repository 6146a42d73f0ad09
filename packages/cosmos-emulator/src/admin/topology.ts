import { delay } from "../faults/fault.ts";
import { flag, readFields, text } from "../fields.ts";
import { type Outage, readOutage } from "../regions/regions.ts";
import type { SplitRequest } from "../splitPartition.ts";
import type { AdminHandler } from "./route.ts";

interface RegionChange {
  /** Whether it works. */
  readonly up?: boolean;
  /** How it is out of order, where it is not up. */
  readonly outage?: Outage;
  readonly lagMs?: number;
}

export const listRegions: AdminHandler = ({ regions }) => ({ regions: regions.list() });

export const changeRegion: AdminHandler = ({ regions }, { parameters, body }) => {
  const name = parameters["name"] ?? "";
  const read = { outage: readOutage, up: flag, lagMs: delay };
  const { outage, up, lagMs } = readFields<RegionChange>(body, read);
  if (lagMs !== undefined) regions.setLag(name, lagMs);
  if (up === true) regions.bringUp(name);
  else if (up === false || outage !== undefined) regions.takeDown(name, outage);
  return { regions: regions.list() };
};

export const failover: AdminHandler = ({ regions }, { body }) => {
  regions.failover(readFields<{ region: string }>(body, { region: text }, ["region"]).region);
  return { regions: regions.list() };
};

export const splitPartition: AdminHandler = (emulator, { body }) => ({
  ...emulator.splitPartition(
    readFields<SplitRequest>(body, { database: text, container: text, range: text }, [
      "database",
      "container",
    ]),
  ),
});
