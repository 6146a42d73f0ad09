import type { Region } from "../account.ts";
import { InputError } from "../errors.ts";
import { delay } from "../faults/fault.ts";
import { oneOf } from "../fields.ts";
import { createRegionView, type RegionView } from "./regionView.ts";

/** A region of the account. */
export interface RegionOptions {
  /** As Azure names it: `West Europe`. */
  readonly name: string;
  /** Milliseconds by which it sees writes later, while it is a read region; 0 by default. */
  readonly lagMs?: number;
  /** The port that it listens on; 0, the default, takes a free one. */
  readonly port?: number;
}

/**
 * How a region is out of order. `drop`: connections are cut, as when the machines are gone. `unavailable`: requests are
 * answered 503. `hang`: requests are taken and never answered.
 */
export type Outage = (typeof outages)[number];

const outages = ["drop", "unavailable", "hang"] as const;

/** How a region is doing. */
export interface RegionState {
  readonly name: string;
  readonly endpoint: string;
  readonly isWriteRegion: boolean;
  /** How it is out of order; null while it works. */
  readonly outage: Outage | null;
  readonly lagMs: number;
  /** The requests that came to it, those too that met an outage. */
  readonly requests: number;
}

/** The account's regions, which can be changed while the emulator runs. */
export interface Regions {
  /** The write region first. */
  list(): readonly RegionState[];
  /**
   * Takes a region down. Until it is up again, the account's document leaves it out.
   *
   * @param outage `unavailable` unless said otherwise: upon a 503 every SDK goes to its next region at once, while
   * `@azure/cosmos` stays with a region that cuts connections until it reads the account again
   * (source: its retry/retryUtility.js and retry/defaultRetryPolicy.js)
   */
  takeDown(name: string, outage?: Outage): void;
  bringUp(name: string): void;
  /**
   * Changes how late a region sees writes. A longer lag holds for writes from now on; 0 lets it catch up at once.
   */
  setLag(name: string, milliseconds: number): void;
  /** Makes another region, which has to be up, the write region. It loses no write. */
  failover(name: string): void;
}

/** A region while the emulator runs. */
export interface RunningRegion extends Region {
  endpoint: string;
  outage: Outage | null;
  lagMs: number;
  requests: number;
  readonly port: number;
  readonly view: RegionView;
  /** Cuts the connections that are open to it, and what hangs. */
  cut: () => void;
}

/** The regions, and what the wiring needs of them. */
export interface RegionSet extends Regions {
  readonly running: readonly RunningRegion[];
  /** The regions in the order of the account's document. */
  order(): readonly [RunningRegion, ...RunningRegion[]];
  writeRegion(): RunningRegion;
  /** The longest lag of all, in milliseconds. */
  longestLag(): number;
}

export const readOutage = oneOf(...outages);

/** The regions as options name them, the first as write region. */
export function createRegions(options: readonly RegionOptions[]): RegionSet {
  const running = options.map(({ name, lagMs = 0, port = 0 }): RunningRegion => {
    if (name === "") throw new InputError("A region needs a name.");
    if (options.filter((other) => other.name === name).length > 1) {
      throw new InputError(`The region '${name}' is there twice.`);
    }
    const region: RunningRegion = {
      name,
      endpoint: "",
      outage: null,
      lagMs: delay(lagMs, "lagMs"),
      requests: 0,
      port,
      view: createRegionView(() => (region === order[0] ? 0 : region.lagMs)),
      cut: () => undefined,
      get isDown() {
        return region.outage !== null;
      },
    };
    return region;
  });
  const [first, ...rest] = running;
  if (first === undefined) throw new InputError("An account has at least one region.");
  let order: readonly [RunningRegion, ...RunningRegion[]] = [first, ...rest];

  function find(name: string): RunningRegion {
    const region = running.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (region === undefined) {
      throw new InputError(
        `There is no region '${name}': there are ${running.map((candidate) => candidate.name).join(", ")}.`,
      );
    }
    return region;
  }

  return {
    running,
    order: () => order,
    writeRegion: () => order[0],
    longestLag: () => running.reduce((longest, { lagMs }) => Math.max(longest, lagMs), 0),
    list: () =>
      order.map((region) => ({
        name: region.name,
        endpoint: region.endpoint,
        isWriteRegion: region === order[0],
        outage: region.outage,
        lagMs: region.lagMs,
        requests: region.requests,
      })),
    takeDown(name, outage = "unavailable") {
      const region = find(name);
      region.outage = readOutage(outage, "outage");
      region.cut();
    },
    bringUp(name) {
      const region = find(name);
      region.outage = null;
      region.cut();
    },
    setLag(name, milliseconds) {
      find(name).lagMs = delay(milliseconds, "lagMs");
    },
    failover(name) {
      const region = find(name);
      if (region.isDown) throw new InputError(`The region '${name}' is down: bring it up first.`);
      order = [region, ...order.filter((other) => other !== region)];
    },
  };
}
