import { isApiError, isPassing } from "@cosmos-trpc/client";
import { alone, type EntityApi, type ItemRefusal } from "../calls.ts";
import { Refused } from "../errors.ts";
import type { InputRecord } from "../input/inputRecord.ts";
import type { WrittenItem } from "../options.ts";
import type { Persistence } from "../persist.ts";
import type { Refusal } from "./refusals.ts";

/** What writing needs. */
export interface Writing {
  readonly api: EntityApi;
  readonly persistence: Persistence;
  readonly signal: AbortSignal;
}

/** What became of one item: `undefined` when it was written, or why not. */
type Outcome = Omit<Refusal, "line" | "id"> | undefined;

/**
 * Writes records until each is written or refused.
 *
 * @returns for each record nothing, or why it was refused
 * @throws what ends the import: no server, too long an outage, a server that cannot use its database
 */
export async function writeBatch(
  records: readonly InputRecord[],
  writing: Writing,
): Promise<(Refusal | undefined)[]> {
  const items = records.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const outcomes = (await writeItems(items, writing)).values();
  return records.map((record) => {
    const { line, value, problem } = record;
    if (problem !== undefined) return unreadable(record);
    const outcome = outcomes.next().value;
    return outcome === undefined
      ? undefined
      : { line, ...(value?.["id"] === undefined ? {} : { id: value["id"] }), ...outcome };
  });
}

/** Why a record that is no item is refused. */
const unreadable = ({ line, problem, fields }: InputRecord): Refusal => ({
  line,
  reason: fields === undefined ? "unreadable" : "invalid",
  message: `The record ${problem}.`,
  ...(fields && { fields }),
});

async function writeItems(items: readonly WrittenItem[], writing: Writing): Promise<Outcome[]> {
  const outcomes: Outcome[] = items.map(() => undefined);
  /** The items that are still to be written, by their places. */
  let open = items.map((_, index) => index);
  for (let attempts = 0; open.length > 0; attempts += 1) {
    const answers = await send(
      open.map((index) => items[index] as WrittenItem),
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
  readonly error?: ItemRefusal;
}

/** Makes the call. What is too large, or refused, as a whole is sent in halves, to see which item it is. */
async function send(items: readonly WrittenItem[], writing: Writing): Promise<readonly Answer[]> {
  const { api, persistence, signal } = writing;
  try {
    const answers = await persistence.call(() => api.bulk.mutate({ items }, { ...alone, signal }));
    return answers.map((answer) => ("error" in answer ? { error: answer.error } : {}));
  } catch (error) {
    if (!isApiError(error) || !["too-large", "invalid", "failed"].includes(error.reason)) throw error;
    if (items.length > 1) {
      const half = Math.ceil(items.length / 2);
      return [...(await send(items.slice(0, half), writing)), ...(await send(items.slice(half), writing))];
    }
    const { message, reason, fields } = error;
    return [{ error: { message, reason, ...(fields && { fields }) } }];
  }
}
