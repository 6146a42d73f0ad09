import type { CosmosClient } from "@azure/cosmos";
import { type CoalescingLimits, items, openContainer, StoreError } from "../src/index.ts";
import type { Step, TimedStep } from "./linearizable.ts";
import { orders } from "./orders.ts";

/** A version of an item: the value that a test wrote, and the etag that it got. */
export interface Version {
  readonly value: string;
  readonly etag: string;
}

interface WriteOptions {
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** What is done with items as registers, on a store of any container. */
export interface Registers {
  read(id: string): Promise<Version>;
  write(id: string, value: string, options?: WriteOptions): Promise<Version>;
  create(id: string, value: string): Promise<Version>;
  patch(id: string, value: string): Promise<Version>;
  delete(id: string): Promise<unknown>;
}

function toVersion(
  id: string,
  item: { id: string; _etag: string },
  value: string | null | undefined,
): Version {
  if (item.id !== id) throw new Error(`The answer for ${id} is ${item.id}'s.`);
  return { value: value ?? "", etag: item._etag };
}

/** Items whose name is the value. */
export async function openItems(
  client: CosmosClient,
  coalescing: Partial<CoalescingLimits>,
): Promise<Registers> {
  const { store } = await openContainer(client, "appdb", items, { coalescing });
  const keyOf = (id: string) => ({ id, pk: id });
  const version = (id: string, { item }: Awaited<ReturnType<typeof store.get>>): Version =>
    toVersion(id, item, item.name);
  return {
    read: async (id) => version(id, await store.get(keyOf(id))),
    write: async (id, name, options) => version(id, await store.upsert({ ...keyOf(id), name }, options)),
    create: async (id, name) => version(id, await store.create({ ...keyOf(id), name })),
    patch: async (id, name) => version(id, await store.patch(keyOf(id), { set: { name } })),
    delete: (id) => store.delete(keyOf(id)),
  };
}

/** Orders, which have a hierarchical key, whose note is the value. */
export async function openOrders(
  client: CosmosClient,
  coalescing: Partial<CoalescingLimits>,
): Promise<Registers> {
  const { store } = await openContainer(client, "appdb", orders, { coalescing });
  // The first value decides the partition: ids that end alike have it in common.
  const keyOf = (id: string) => ({ id, tenant: `tenant ${id.at(-1)}`, customer: id.length });
  const order = (id: string, note: string) =>
    ({ ...keyOf(id), note, status: "open", total: 1, lines: [] }) as const;
  const version = (id: string, { item }: Awaited<ReturnType<typeof store.get>>): Version =>
    toVersion(id, item, item.note);
  return {
    read: async (id) => version(id, await store.get(keyOf(id))),
    write: async (id, note, options) =>
      version(id, await store.upsert({ ...order(id, note), lines: [] }, options)),
    create: async (id, note) => version(id, await store.create({ ...order(id, note), lines: [] })),
    patch: async (id, note) => version(id, await store.patch(keyOf(id), { set: { note } })),
    delete: (id) => store.delete(keyOf(id)),
  };
}

/** What is done with a register. */
export type Move = "read" | "write" | "swap" | "create" | "patch" | "delete" | "leave";

/** Registers of unique values; what is done with each is recorded. */
export interface RecordedRegisters {
  readonly histories: ReadonlyMap<string, readonly TimedStep[]>;
  /**
   * Makes a move. `swap` writes over the version given, or over one that never was; `leave` writes and gives up before
   * it is answered.
   */
  move(kind: Move, id: string, version?: Version): Promise<Version | undefined>;
}

/** What a caller who leaves ends with. */
const left = new StoreError("unavailable", "The caller has left.");

/** Records the calls on a store. What fails with anything but what the store may answer fails the call. */
export function recordRegisters(registers: Registers): RecordedRegisters {
  const histories = new Map<string, TimedStep[]>();
  let moment = 0;
  let written = 0;

  /** @param refusals the answers that mean that a conditional step was not done */
  async function record(
    id: string,
    work: () => Promise<Version | undefined>,
    refusals: readonly string[],
    toStep: (isDone: boolean, version: Version | undefined) => Step,
  ): Promise<Version | undefined> {
    moment += 1;
    const begin = moment;
    const note = (step: Step, end: number): void => {
      histories.set(id, [...(histories.get(id) ?? []), { step, begin, end }]);
    };
    try {
      const version = await work();
      moment += 1;
      note(toStep(true, version), moment);
      return version;
    } catch (error) {
      moment += 1;
      if (!(error instanceof StoreError)) throw error;
      if (error.reason === "unavailable") {
        const step = toStep(true, undefined);
        // A read that was not answered says nothing.
        if (step.kind !== "read") note(step, Number.POSITIVE_INFINITY);
      } else if (refusals.includes(error.reason)) {
        note(toStep(false, undefined), moment);
      } else if (error.reason !== "throttled") {
        throw error;
      }
      return undefined;
    }
  }

  async function leave(id: string, value: string): Promise<Version> {
    const leaving = new AbortController();
    const writing = registers.write(id, value, { signal: leaving.signal });
    setImmediate(() => leaving.abort(left));
    return writing;
  }

  return {
    histories,
    move(kind, id, version) {
      written += 1;
      const value = `${id} ${written}`;
      const expected = version?.value ?? "a version that never was";
      const ifMatch = version?.etag ?? "00000000-0000-0000-0000-000000000000";
      switch (kind) {
        case "read":
          return record(
            id,
            () => registers.read(id),
            ["not-found"],
            (_, read) => ({
              kind,
              value: read?.value,
            }),
          );
        case "write":
          return record(
            id,
            () => registers.write(id, value),
            [],
            () => ({ kind, value }),
          );
        case "leave":
          return record(
            id,
            () => leave(id, value),
            [],
            () => ({ kind: "write", value }),
          );
        case "create":
          return record(
            id,
            () => registers.create(id, value),
            ["conflict"],
            (isDone) => ({
              kind,
              value,
              isDone,
            }),
          );
        case "patch":
          return record(
            id,
            () => registers.patch(id, value),
            ["not-found"],
            (isDone) => ({
              kind: "change",
              value,
              isDone,
            }),
          );
        case "delete":
          return record(
            id,
            () => registers.delete(id).then(() => undefined),
            ["not-found"],
            (isDone) => ({ kind: "change", value: undefined, isDone }),
          );
        case "swap":
          return record(
            id,
            () => registers.write(id, value, { ifMatch }),
            ["precondition-failed"],
            (isDone) => ({ kind, expected, value, isDone }),
          );
      }
    },
  };
}
