import { randomUUID } from "node:crypto";
import { InputError } from "../errors.ts";
import { type Call, pathOf } from "../http/call.ts";
import {
  delay,
  type Fault,
  type FaultNames,
  type FaultOptions,
  type FaultTarget,
  matcher,
  readFault,
} from "./fault.ts";

/** Faults on demand, and added latency. */
export interface Faults {
  /** Adds a fault. Of several that match a request, the oldest befalls it. */
  add(fault: FaultOptions): Fault;
  /** Those that are not used up, the oldest first. */
  list(): readonly Fault[];
  remove(id: string): void;
  /** Removes all faults and all latency. */
  clear(): void;
  /** Adds milliseconds to every request, or to those of a region; 0 takes them away. */
  setLatency(milliseconds: number, region?: string): void;
  /** The latency added, by region; that of all regions is under `*`. */
  latency(): Readonly<Record<string, number>>;
}

/** The part of {@link Faults} that requests meet. */
export interface FaultCheck {
  /** The fault that befalls a request, which is thereby counted. */
  take(operation: string, call: Call, region: string): FaultOptions | undefined;
  /**
   * The fault that befalls one operation of a batch, which is thereby counted. The operation counts as the request
   * that it would be by itself, with its document's path.
   */
  takeInBatch(
    operation: { readonly name: string; readonly method: string },
    call: Call,
    id: string,
    region: string,
  ): FaultOptions | undefined;
  /** Milliseconds by which a request of a region is held up. */
  latencyOf(region: string): number;
}

/**
 * @param known what faults can name
 */
export function createFaults(known: FaultNames): Faults & FaultCheck {
  const faults = new Map<string, { fault: Fault; matches: ReturnType<typeof matcher> }>();
  const latencies = new Map<string, number>();
  const { regions } = known;

  function takeFor(target: FaultTarget): FaultOptions | undefined {
    for (const [id, entry] of faults) {
      if (!entry.matches(target)) continue;
      const { fault } = entry;
      const remaining = fault.remaining === "always" ? "always" : fault.remaining - 1;
      if (remaining === 0) faults.delete(id);
      else entry.fault = { ...fault, remaining, hits: fault.hits + 1 };
      return fault;
    }
    return undefined;
  }

  return {
    add(input) {
      const options = readFault(input, known);
      const fault: Fault = { ...options, id: randomUUID(), remaining: options.count ?? 1, hits: 0 };
      faults.set(fault.id, { fault, matches: matcher(fault) });
      return fault;
    },
    list: () => [...faults.values()].map(({ fault }) => fault),
    remove(id) {
      if (!faults.delete(id)) throw new InputError(`There is no fault '${id}', or it is used up.`);
    },
    clear() {
      faults.clear();
      latencies.clear();
    },
    setLatency(milliseconds, region) {
      delay(milliseconds, "ms");
      if (region !== undefined && !regions.includes(region)) {
        throw new InputError(`There is no region '${region}': there are ${regions.join(", ")}.`);
      }
      if (milliseconds === 0) latencies.delete(region ?? allRegions);
      else latencies.set(region ?? allRegions, milliseconds);
    },
    latency: () => Object.fromEntries(latencies),
    take(operation, call, region) {
      if (faults.size === 0) return undefined;
      const { method, target } = call;
      return takeFor({
        operation,
        method,
        resourceType: target.type,
        path: pathOf(call),
        region,
        inBatch: false,
      });
    },
    takeInBatch({ name, method }, call, id, region) {
      if (faults.size === 0) return undefined;
      const path = `${pathOf(call)}/${id}`;
      return takeFor({ operation: name, method, resourceType: "docs", path, region, inBatch: true });
    },
    latencyOf: (region) =>
      latencies.size === 0 ? 0 : (latencies.get(allRegions) ?? 0) + (latencies.get(region) ?? 0),
  };
}

const allRegions = "*";
