import { setTimeout as wait } from "node:timers/promises";
import type { Fault, FaultOptions } from "@cosmos-trpc/cosmos-emulator";

/** Faults that come again and again, in an emulator that is another process. */
export interface Disturbance {
  /** Adds the faults, and from then on each anew that is used up, a few times: work has to come to its end. */
  resume(): Promise<void>;
  pause(): Promise<void>;
  /** The emulator is gone, and its faults with it: they have befallen nobody. */
  forget(): void;
  /** Takes away what is left. */
  end(): Promise<void>;
  /** How often each fault was used up. */
  befallen(): Promise<readonly number[]>;
}

/** How often each fault is added until the next {@link Disturbance.resume}. */
const times = 3;

/** How often it is looked what is used up, in milliseconds. */
const interval = 20;

/** @param env the emulator's, which stays the same over restarts */
export function createDisturbance(env: NodeJS.ProcessEnv, faults: readonly FaultOptions[]): Disturbance {
  const address = `${env["COSMOS_EMULATOR_ADMIN_ENDPOINT"]}/faults`;
  const headers = { "x-emulator-secret": env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "" };
  const counts = faults.map(() => 0);
  let ids: (string | undefined)[] = [];
  let added: number[] = [];
  let isOn = false;
  let running: Promise<void> | undefined;

  async function ask<Answer>(init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(address, { ...init, headers });
    if (!response.ok) throw new Error(`The emulator answers ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Counts what is used up. */
  async function count(): Promise<void> {
    const left = new Set((await ask<{ faults: Fault[] }>()).faults.map(({ id }) => id));
    for (const [index, id] of ids.entries()) {
      if (id === undefined || left.has(id)) continue;
      counts[index] = (counts[index] ?? 0) + 1;
      ids[index] = undefined;
    }
  }

  async function add(): Promise<void> {
    for (const [index, fault] of faults.entries()) {
      if (ids[index] !== undefined || (added[index] ?? 0) >= times) continue;
      added[index] = (added[index] ?? 0) + 1;
      ids[index] = (await ask<Fault>({ method: "POST", body: JSON.stringify(fault) })).id;
    }
  }

  async function keepOn(): Promise<void> {
    while (isOn) {
      await count();
      await add();
      await wait(interval);
    }
  }

  async function pause(): Promise<void> {
    isOn = false;
    await running;
    running = undefined;
  }

  return {
    pause,
    async end() {
      await pause();
      // Where the emulator is gone, so are its faults.
      await fetch(address, { method: "DELETE", headers }).catch(() => undefined);
    },
    forget() {
      ids = [];
    },
    async resume() {
      await pause();
      added = faults.map(() => 0);
      await add();
      isOn = true;
      running = keepOn();
    },
    async befallen() {
      await pause();
      await count();
      return counts;
    },
  };
}
