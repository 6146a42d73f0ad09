import { type Item, type Store, StoreError } from "../src/index.ts";
import type { Step, TimedStep } from "./linearizable.ts";

/** A version of an item: the value that a test wrote, and the etag that it got. */
export interface Version {
  readonly value: string;
  readonly etag: string;
}

/** Items as registers of unique values; what is done with each is recorded. */
export interface RecordedRegisters {
  readonly histories: ReadonlyMap<string, readonly TimedStep[]>;
  read(id: string): Promise<Version | undefined>;
  write(id: string): Promise<Version | undefined>;
  /** Writes over one version; `undefined` stands for one that never was. */
  swap(id: string, version: Version | undefined): Promise<Version | undefined>;
}

const unknown = Symbol("unknown");

/** Records the calls on a store. What fails with anything but what the store may answer fails the call. */
export function recordRegisters(store: Store<Item>): RecordedRegisters {
  const histories = new Map<string, TimedStep[]>();
  let moment = 0;
  let written = 0;

  async function record<Answer>(
    id: string,
    work: () => Promise<Answer | StoreError>,
    toStep: (answer: Answer | StoreError | typeof unknown) => Step | undefined,
  ): Promise<Answer | undefined> {
    moment += 1;
    const begin = moment;
    const answer = await work().catch((error: unknown) => {
      if (error instanceof StoreError) return error;
      throw error;
    });
    moment += 1;
    const isUnknown = answer instanceof StoreError && answer.reason === "unavailable";
    const step = toStep(isUnknown ? unknown : answer);
    if (step !== undefined) {
      const end = isUnknown ? Number.POSITIVE_INFINITY : moment;
      histories.set(id, [...(histories.get(id) ?? []), { step, begin, end }]);
    }
    return answer instanceof StoreError ? undefined : answer;
  }

  const toVersion = (id: string, { item }: Awaited<ReturnType<typeof store.get>>): Version => {
    if (item.id !== id) throw new Error(`The answer for ${id} is ${item.id}'s.`);
    return { value: item.name, etag: item.etag };
  };

  return {
    histories,
    read: (id) =>
      record(
        id,
        async () => toVersion(id, await store.get({ id, pk: id })),
        (answer) => {
          // A read that was not answered says nothing.
          if (answer === unknown) return undefined;
          if (!(answer instanceof StoreError)) return { kind: "read", value: answer.value };
          if (answer.reason === "not-found") return { kind: "read", value: undefined };
          if (answer.reason === "throttled") return undefined;
          throw answer;
        },
      ),
    write(id) {
      written += 1;
      const value = `${id} ${written}`;
      return record(
        id,
        async () => toVersion(id, await store.upsert({ id, pk: id, name: value })),
        (answer) => {
          if (!(answer instanceof StoreError)) return { kind: "write", value };
          if (answer.reason === "throttled") return undefined;
          throw answer;
        },
      );
    },
    swap(id, version) {
      written += 1;
      const value = `${id} ${written}`;
      const expected = version?.value ?? "a version that never was";
      const ifMatch = version?.etag ?? "00000000-0000-0000-0000-000000000000";
      return record(
        id,
        async () => toVersion(id, await store.upsert({ id, pk: id, name: value }, { ifMatch })),
        (answer) => {
          if (!(answer instanceof StoreError)) return { kind: "swap", expected, value, isDone: true };
          if (answer.reason === "throttled") return undefined;
          if (answer.reason !== "precondition-failed") throw answer;
          return { kind: "swap", expected, value, isDone: false };
        },
      );
    },
  };
}
