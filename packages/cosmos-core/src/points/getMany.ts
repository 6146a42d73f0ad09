import { inOrder } from "@cosmos-trpc/base";
import { maxItemBytes } from "../definition/document.ts";
import type { PointKey } from "../definition/itemKey.ts";
import { StoreError } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import { createAnswerRoom } from "./answerRoom.ts";
import type { PointSender } from "./pointSender.ts";
import { type GetAnswer, type GetManyOptions, maxGetManyBytes } from "./pointStore.ts";

/** Keys that are on their way at once: enough to fill the batches of several physical partitions. */
const maxConcurrentReads = 1_000;

/** Makes a store's `getMany`. */
export function createGetMany<Item, Key>({ run }: PointSender<Item>, keyOf: (key: Key) => PointKey) {
  return async function getMany(
    keys: readonly Key[],
    { maxBytes = maxGetManyBytes, signal }: GetManyOptions = {},
  ): Promise<GetAnswer<Item>[]> {
    checkBytes(maxBytes);
    // So few cannot be too many bytes, however large they are.
    const room = keys.length * maxItemBytes <= maxBytes ? undefined : createAnswerRoom(maxBytes);
    const full = new AbortController();
    const either = signal === undefined ? full.signal : AbortSignal.any([signal, full.signal]);
    /** The first answer for each key: what is asked for again is a copy of it. */
    const firsts = new Map<string, Promise<GetAnswer<Item>>>();

    async function read(point: PointKey): Promise<GetAnswer<Item>> {
      try {
        const found = await run(either, { kind: "read", key: point });
        return room?.take(found.item) === false ? refuse(found.requestCharge) : found;
      } catch (error) {
        return failed(error);
      }
    }

    /** Gives the reads up that are still on their way: their items would be held for nothing. */
    function refuse(requestCharge: number): GetAnswer<Item> {
      const message = `The answer has ${maxBytes} bytes of items already: ask for this one again, in a call of fewer keys.`;
      const error = new StoreError("too-large", message);
      full.abort(error);
      return { error, requestCharge };
    }

    async function copy(first: Promise<GetAnswer<Item>>): Promise<GetAnswer<Item>> {
      const found = await first;
      if (found.error !== undefined) return { error: found.error, requestCharge: 0 };
      if (full.signal.aborted) return failed(full.signal.reason);
      if (room?.take(found.item) === false) return refuse(0);
      // Nobody's item is another's to change.
      return { item: structuredClone(found.item), requestCharge: 0 };
    }

    async function answer(key: Key): Promise<GetAnswer<Item>> {
      let point: PointKey;
      try {
        point = keyOf(key);
      } catch (error) {
        return failed(error);
      }
      const name = JSON.stringify([point.id, point.pk]);
      const known = firsts.get(name);
      if (known !== undefined) return copy(known);
      const first = read(point);
      firsts.set(name, first);
      return first;
    }

    const answers: GetAnswer<Item>[] = [];
    for await (const one of inOrder(keys, { maxConcurrency: maxConcurrentReads }, answer)) answers.push(one);
    return answers;
  };
}

/** A failure as a key's answer; what is none of the store's, such as the caller's own reason to leave, ends the call. */
function failed(error: unknown): { readonly error: StoreError; readonly requestCharge: number } {
  if (!(error instanceof StoreError)) throw error;
  return { error, requestCharge: error.requestCharge ?? 0 };
}

function checkBytes(maxBytes: number): void {
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 1) return;
  throw invalidInput([{ path: "maxBytes", message: "has to be a whole number of bytes, 1 or more" }]);
}
