import type { ItemBase } from "../definition/containerDefinition.ts";
import type { Documents } from "../definition/document.ts";
import type { PointKey } from "../definition/itemKey.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import { StoreError } from "../errors/errors.ts";
import { fromAnswer, fromSdkError } from "../sdk/cosmosFailure.ts";
import { withinDeadline } from "../sdk/deadline.ts";
import type { PointAnswer, PointOperation } from "../sdk/pointOperation.ts";
import type { ItemResult } from "./pointStore.ts";

/** Sends an operation. */
export type Submit = (operation: PointOperation, signal: AbortSignal) => Promise<PointAnswer>;

/** Sends operations within their time, and makes failures of refusals. */
export interface PointSender<Item> {
  /** @throws StoreError for an answer that refuses, and for none; the caller's own reason when its signal aborts */
  send(signal: AbortSignal | undefined, operation: PointOperation): Promise<PointAnswer>;
  /** The same for an operation whose answer is an item. */
  run(signal: AbortSignal | undefined, operation: PointOperation): Promise<ItemResult<Item>>;
  /** The same for a write over what is there, on the condition of its version. */
  overwrite(signal: AbortSignal | undefined, operation: PointOperation): Promise<ItemResult<Item>>;
  /**
   * Says what a failed write met: the etag that would have matched, when it can be found.
   *
   * @param isConditional whether the write had a condition beside its etag
   */
  explain(key: PointKey, failure: unknown, isConditional: boolean): Promise<unknown>;
}

const preconditionFailed = 412;

/** Whether Cosmos DB refused a write since its condition did not hold. */
export const isOvertaken = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.status === preconditionFailed;

/** What to say of an etag that does not match. */
export const mismatch = (isGone: boolean): string =>
  isGone
    ? "The item that ifMatch names a version of is not there."
    : "The item has changed since that etag was read: read it again, then write with its new etag.";

/** A failure with what was spent in all until it came, in request units (RU). */
export const withCharge = (failure: unknown, requestCharge: number): unknown =>
  failure instanceof StoreError
    ? new StoreError(failure.reason, failure.message, { ...failure, requestCharge }, failure.cause)
    : failure;

/** Makes the sender of a container's operations. */
export function createPointSender<Item extends ItemBase>(
  submit: Submit,
  documents: Documents<Item>,
): PointSender<Item> {
  const send: PointSender<Item>["send"] = async (signal, operation) => {
    const answer = await withinDeadline(signal, (ended) => submit(operation, ended)).catch(
      (error: unknown) => {
        if (signal?.aborted === true) throw signal.reason;
        throw fromSdkError(error);
      },
    );
    if (answer.status >= 400) throw fromAnswer(answer);
    return answer;
  };

  const run: PointSender<Item>["run"] = async (signal, operation) => {
    const { document, requestCharge } = await send(signal, operation);
    // A write's answer is what the schema has just made.
    const read = operation.kind === "read" ? documents.read : documents.written;
    return { item: read(document as ItemDefinition), requestCharge };
  };

  const explain: PointSender<Item>["explain"] = async (key, failure, isConditional) => {
    if (!(failure instanceof StoreError) || failure.reason !== "precondition-failed") return failure;
    const current = await send(undefined, { kind: "read", key }).catch(() => undefined);
    const details = {
      ...failure,
      currentEtag: current?.etag,
      requestCharge: (failure.requestCharge ?? 0) + (current?.requestCharge ?? 0),
    };
    const message = isConditional
      ? "The item does not fulfil the condition, or has changed since its etag was read."
      : mismatch(current === undefined);
    return new StoreError("precondition-failed", message, details, failure.cause);
  };

  return {
    send,
    run,
    explain,
    async overwrite(signal, operation) {
      try {
        return await run(signal, operation);
      } catch (error) {
        throw await explain(operation.key, error, false);
      }
    },
  };
}
