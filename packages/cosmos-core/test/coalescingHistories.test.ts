import type { FaultOptions } from "@cosmos-trpc/cosmos-emulator";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createCredential, ensureContainer, items } from "../src/index.ts";
import { isLinearizable } from "./linearizable.ts";
import { orders } from "./orders.ts";
import {
  type Move,
  openItems,
  openOrders,
  type RecordedRegisters,
  type Registers,
  recordRegisters,
  type Version,
} from "./recordedRegister.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 3 });
const containers: Record<string, Registers> = {};

beforeAll(async () => {
  for (const definition of [items, orders]) {
    await ensureContainer(emulator.configuration(), definition, createCredential());
  }
  // Few requests at once, and small batches: so operations meet in the queue.
  const coalescing = { maxBatchesInFlight: 2, maxBatchSize: 5 };
  containers["items"] = await openItems(emulator.client(), coalescing);
  containers["orders"] = await openOrders(emulator.client(), coalescing);
});
afterEach(() => emulator.current().faults.clear());

/** What may go wrong on the way, for requests as a whole and for operations inside of batches. */
const faults: readonly FaultOptions[] = [
  ...[
    "batchDocuments",
    "upsertDocument",
    "createDocument",
    "patchDocument",
    "deleteDocument",
    "readDocument",
  ].flatMap((operation): FaultOptions[] => [
    { operation, drop: "before" },
    { operation, drop: "after" },
    { operation, truncate: true, inBatch: false },
    { operation, delayMs: 20, inBatch: false },
    { operation, inBatch: false, status: 503 },
    { operation, inBatch: false, status: 408, takesEffect: true },
    { operation, inBatch: false, status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "5" } },
  ]),
  ...["upsertDocument", "createDocument", "patchDocument", "deleteDocument", "readDocument"].flatMap(
    (operation): FaultOptions[] => [
      { operation, inBatch: true, status: 503, takesEffect: operation !== "readDocument" },
      { operation, inBatch: true, status: 449 },
      { operation, inBatch: true, status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "5" } },
    ],
  ),
];

type Turn = { readonly kind: Move | "pause"; readonly key: number };

const turn = fc.record({
  kind: fc.constantFrom<Turn["kind"]>(
    ...(["read", "read", "write", "swap", "create", "patch", "delete", "leave", "pause"] as const),
  ),
  key: fc.nat({ max: 3 }),
});

/** What some callers do, each one thing after the other, all of them at once. */
const program = fc.array(fc.array(turn, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 10 });

async function run(
  registers: RecordedRegisters,
  callers: readonly (readonly Turn[])[],
  prefix: string,
): Promise<void> {
  await Promise.all(
    callers.map(async (turns) => {
      const seen = new Map<string, Version>();
      for (const { kind, key } of turns) {
        const id = `${prefix}-${key}`;
        if (kind === "pause") {
          await new Promise(setImmediate);
          continue;
        }
        const version = await registers.move(kind, id, seen.get(id));
        if (version !== undefined) seen.set(id, version);
      }
    }),
  );
}

let runs = 0;

async function expectLinearizable(
  store: Registers,
  callers: readonly (readonly Turn[])[],
  wrong: readonly FaultOptions[],
): Promise<void> {
  runs += 1;
  for (const fault of wrong) emulator.current().faults.add(fault);
  const registers = recordRegisters(store);
  await run(registers, callers, `run-${runs}`);
  emulator.current().faults.clear();
  // What is there in the end belongs to the history too: no acknowledged write is lost.
  await Promise.all([...registers.histories.keys()].map((id) => registers.move("read", id)));
  for (const [id, history] of registers.histories) {
    expect(isLinearizable(history, undefined), `${id}: ${JSON.stringify(history)}`).toBe(true);
  }
}

describe.each([
  ["of several partitions", "items"],
  ["with hierarchical keys", "orders"],
])("callers that read, write, create, patch, delete, swap and leave a few items %s at once", (_, name) => {
  test("see what was really there, and each its own completed writes", async () => {
    await fc.assert(
      fc.asyncProperty(program, (callers) => expectLinearizable(containers[name] as Registers, callers, [])),
      { numRuns: 60 },
    );
  });

  test("with faults on: what has an unknown outcome is unavailable, and nothing else", async () => {
    const wrong = fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(program, wrong, (callers, some) =>
        expectLinearizable(containers[name] as Registers, callers, some),
      ),
      { numRuns: 60, interruptAfterTimeLimit: 60_000 },
    );
  });
});

test("sixteen writers compare and set one item, with faults on: the history is linearizable", async () => {
  const writers = 16;
  const swapsEach = 8;
  const registers = recordRegisters(containers["items"] as Registers);
  await registers.move("write", "contested");
  let attempts = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let round = 0; round < swapsEach; round += 1) {
        attempts += 1;
        const fault = faults[(attempts * 7 + writer) % faults.length];
        if (attempts % 4 === 0 && fault !== undefined) emulator.current().faults.add(fault);
        const version = await registers.move("read", "contested");
        await registers.move("swap", "contested", version);
      }
    }),
  );
  emulator.current().faults.clear();
  await registers.move("read", "contested");
  const history = registers.histories.get("contested") ?? [];
  const swaps = history.filter(({ step }) => step.kind === "swap");
  expect(swaps.some(({ step }) => step.kind === "swap" && step.isDone)).toBe(true);
  expect(swaps.some(({ step }) => step.kind === "swap" && !step.isDone)).toBe(true);
  expect(isLinearizable(history, undefined), JSON.stringify(history)).toBe(true);
});
