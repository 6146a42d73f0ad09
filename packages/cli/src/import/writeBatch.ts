import {
  type ErrorReason,
  type ItemsClient,
  isItemsError,
  isPassing,
  type RouterInputs,
} from "@cosmos-trpc/client";
import { givenFields } from "../fields.ts";
import type { InputRecord } from "../input/inputRecord.ts";
import type { Persistence } from "../persist.ts";
import { Refused } from "../refused.ts";
import type { Refusal } from "./refusals.ts";

type Item = RouterInputs["items"]["bulk"]["items"][number];

/** What writing needs. */
export interface Writing {
  readonly api: ItemsClient;
  readonly persistence: Persistence;
  readonly signal: AbortSignal;
}

/** What became of one item: `undefined` when it was written, or why not. */
type Outcome = Omit<Refusal, "line" | "id"> | undefined;

/**
 * Writes records until each is written or refused.
 *
 * @returns for each record nothing, or why it was refused
 * @throws what ends the import: no server, no patience left, a server that cannot use its database
 */
export async function writeBatch(
  records: readonly InputRecord[],
  writing: Writing,
): Promise<(Refusal | undefined)[]> {
  const items = records.flatMap(({ value }) => (value === undefined ? [] : [writable(value)]));
  const outcomes = (await writeItems(items, writing)).values();
  return records.map(({ line, value, problem }) => {
    if (problem !== undefined) return { line, reason: "unreadable", message: `The record ${problem}.` };
    const outcome = outcomes.next().value;
    return outcome === undefined
      ? undefined
      : { line, ...(value?.["id"] === undefined ? {} : { id: value["id"] }), ...outcome };
  });
}

/** What an export has of an item and an import cannot set is left out. */
function writable(value: Readonly<Record<string, unknown>>): Item {
  if (!givenFields.some((name) => Object.hasOwn(value, name))) return value as unknown as Item;
  const { etag: _, updatedAt: __, ...item } = value;
  return item as unknown as Item;
}

async function writeItems(items: readonly Item[], writing: Writing): Promise<Outcome[]> {
  const outcomes: Outcome[] = items.map(() => undefined);
  /** The items that are still to be written, by their places. */
  let open = items.map((_, index) => index);
  for (let attempts = 0; open.length > 0; attempts += 1) {
    const answers = await send(
      open.map((index) => items[index] as Item),
      writing,
    );
    const again: number[] = [];
    let retryAfterMs = 0;
    let passing = "";
    for (const [at, index] of open.entries()) {
      const error = answers[at]?.error;
      if (error === undefined) continue;
      if (error.reason === "misconfigured") throw new Refused(error.message);
      if (isPassing(error)) {
        again.push(index);
        passing = error.message;
        retryAfterMs = Math.max(retryAfterMs, error.retryAfterMs ?? 0);
      } else
        outcomes[index] = {
          reason: error.reason ?? "failed",
          message: error.message,
          ...(error.fields && { fields: error.fields }),
        };
    }
    if (again.length < open.length) writing.persistence.progressed();
    if (again.length > 0 && !(await writing.persistence.pause(attempts, retryAfterMs)))
      throw new Refused(passing);
    open = again;
  }
  return outcomes;
}

interface Answer {
  readonly error?: {
    readonly message: string;
    readonly reason?: ErrorReason;
    readonly fields?: readonly { readonly path: string; readonly message: string }[];
    readonly retryAfterMs?: number;
  };
}

/** Makes the call. What is too large, or refused, as a whole is sent in halves, to see which item it is. */
async function send(items: readonly Item[], writing: Writing): Promise<readonly Answer[]> {
  const { api, persistence, signal } = writing;
  try {
    const answers = await persistence.call(() =>
      api.items.bulk.mutate({ items: [...items] }, { signal, context: { skipBatch: true } }),
    );
    return answers.map((answer) => ("error" in answer ? { error: answer.error } : {}));
  } catch (error) {
    if (!isItemsError(error) || !["too-large", "invalid", "failed"].includes(error.reason)) throw error;
    if (items.length > 1) {
      const half = Math.ceil(items.length / 2);
      return [...(await send(items.slice(0, half), writing)), ...(await send(items.slice(half), writing))];
    }
    const { message, reason, fields } = error;
    return [{ error: { message, reason, ...(fields && { fields }) } }];
  }
}
