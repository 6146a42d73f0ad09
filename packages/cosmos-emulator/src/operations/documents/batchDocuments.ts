import type { Account } from "../../account.ts";
import { faultRefusal } from "../../faults/fault.ts";
import { type Call, header, isTrue, type Reply, reply } from "../../http/call.ts";
import { limits } from "../../limits.ts";
import { partitionKeyText, requestedKey } from "../../partitionKey/partitionKey.ts";
import type { PartitionKeyRange } from "../../partitionKey/partitionKeyRange.ts";
import { badRequest, rangeGone, ServiceError, tooLarge } from "../../serviceError.ts";
import { checkSessionToken } from "../../sessionToken.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import { rangeHeaders } from "../containers/containerReply.ts";
import { findContainer, namedRange } from "../containers/findContainer.ts";
import { dataActions, type Operation } from "../operation.ts";
import { type BatchOperation, batchKinds, documentIdOf, readBatch } from "./batchRequest.ts";
import { type BatchResult, doneResult, failedDependency, refusedResult, resultText } from "./batchResult.ts";
import { readKey } from "./documentBody.ts";
import { type Outcome, prefersMinimal } from "./documentRequest.ts";

/** A batch whose operations have been read and belong where they were sent. */
interface Batch {
  readonly call: Call;
  readonly container: ContainerEntry;
  readonly range: PartitionKeyRange;
  readonly operations: readonly BatchOperation[];
  /** The partition key of the operations that name none. */
  readonly partitionKey: string | undefined;
  readonly isMinimal: boolean;
}

/**
 * `POST /dbs/{id}/colls/{id}/docs` with `x-ms-cosmos-is-batch-request`: up to 100 operations. An atomic batch is for
 * one partition key and happens as a whole or not at all; another is for a partition key range, and each operation
 * stands for itself. The answer is 200, or 207 where an operation was refused: an array of results.
 * Source: Learn, "Transactional batch operations"; `@azure/cosmos`, ClientContext.js (batch, bulk), Items.js,
 * bulk/BulkResponse.js; azure-sdk-for-java, TransactionalBatchTest.java.
 */
export const batchDocuments: Operation = {
  name: "batchDocuments",
  dataAction: dataActions.upsertItem,
  dataActions: (call) => [...new Set(readBatch(call).map(({ kind }) => batchKinds[kind].dataAction))],
  run(account, call) {
    const isAtomic = isTrue(call, "x-ms-cosmos-batch-atomic");
    if (isAtomic && call.body.length > limits.batchBytes) throw tooLarge();
    const container = findContainer(account, call);
    const batch = isAtomic ? readAtomic(container, call) : readBulk(container, call);
    if (batch.operations.some(({ kind }) => kind === "Read")) {
      checkSessionToken(header(call, "x-ms-session-token"), batch.range.id, container.documents.lsn());
    }
    const results = isAtomic
      ? runAtomic(account, batch)
      : runBulk(
          account,
          batch,
          header(call, "x-ms-cosmos-batch-continue-on-error")?.toLowerCase() !== "false",
        );
    return batchReply(batch, results);
  },
};

function readAtomic(container: ContainerEntry, call: Call): Batch {
  const operations = readBatch(call);
  const partitionKey = header(call, "x-ms-documentdb-partitionkey");
  const { pk, range } = readKey(container, "", partitionKey);
  for (const { partitionKey: own } of operations) {
    if (own !== undefined && partitionKeyText(requestedKey(own, container.partitionKey)) !== pk) {
      // Source of the text: Azure/azure-sdk-for-js, issue 17387.
      throw badRequest(
        "One or more operations within the batch request have a different partition key value than the request.",
        1001,
      );
    }
  }
  // The one key is what counts: operations may spell it in their own way.
  const keyed = operations.map((operation) => ({ ...operation, partitionKey }));
  return { call, container, range, operations: keyed, partitionKey, isMinimal: prefersMinimal(call) };
}

function readBulk(container: ContainerEntry, call: Call): Batch {
  const operations = readBatch(call);
  const partitionKey = header(call, "x-ms-documentdb-partitionkey");
  const range = namedRange(container, call) ?? readKey(container, "", partitionKey).range;
  if (container.ranges.length > 1) {
    for (const { partitionKey: own } of operations) {
      const key = own ?? partitionKey;
      // One without a key, or with none that can be read, is refused by itself.
      const id = key === undefined ? undefined : rangeIdOf(container, key);
      if (id !== undefined && id !== range.id) throw rangeGone();
    }
  }
  return { call, container, range, operations, partitionKey, isMinimal: prefersMinimal(call) };
}

function rangeIdOf(container: ContainerEntry, partitionKey: string): string | undefined {
  try {
    return readKey(container, "", partitionKey).range.id;
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

/** What each operation of a batch may still put into the answer. */
interface Room {
  bytes: number;
}

/**
 * Checks and runs one operation in an open transaction, as the fault that befalls it has it. When it is refused, it has
 * changed nothing, unless the fault says that it takes effect.
 */
function runOne(account: Account, batch: Batch, operation: BatchOperation, room: Room): BatchResult {
  const kind = batchKinds[operation.kind];
  const fault = account.faults.takeInBatch(kind, batch.call, documentIdOf(operation), account.region.name);
  if (fault?.status !== undefined && fault.takesEffect !== true) throw faultRefusal(fault, fault.status);
  const withBody = operation.kind === "Read" || !batch.isMinimal;
  const outcome: Outcome = kind.run({
    container: batch.container,
    name: operation.id,
    partitionKey: operation.partitionKey ?? batch.partitionKey,
    body: () => operation.resourceBody ?? null,
    ifMatch: operation.ifMatch,
    ifNoneMatch: operation.ifNoneMatch,
    room: withBody ? room.bytes : Number.POSITIVE_INFINITY,
  })();
  if (fault?.status !== undefined) throw faultRefusal(fault, fault.status);
  const result = doneResult(outcome, withBody);
  room.bytes -= Buffer.byteLength(result.body ?? "");
  return result;
}

/** Ends the transaction of an atomic batch. */
class Abort extends Error {
  readonly index: number;
  readonly refusal: ServiceError;

  constructor(index: number, refusal: ServiceError) {
    super(refusal.message);
    this.index = index;
    this.refusal = refusal;
  }
}

function runAtomic(account: Account, batch: Batch): BatchResult[] {
  const room: Room = { bytes: limits.responseBytes };
  try {
    return account.store.transaction(() =>
      batch.operations.map((operation, index) => {
        try {
          return runOne(account, batch, operation, room);
        } catch (error) {
          throw error instanceof ServiceError ? new Abort(index, error) : error;
        }
      }),
    );
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    return batch.operations.map((_, index) =>
      index === error.index ? refusedResult(error.refusal) : failedDependency,
    );
  }
}

function runBulk(account: Account, batch: Batch, continuesOnError: boolean): BatchResult[] {
  const room: Room = { bytes: limits.responseBytes };
  let isStopped = false;
  let consumed = 0;
  const attempt = (operation: BatchOperation): BatchResult => {
    if (isStopped) return failedDependency;
    try {
      const throttled = account.throttle?.refusalInBatch(account.store, batch.call, consumed);
      if (throttled !== undefined) throw throttled;
      return runOne(account, batch, operation, room);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      isStopped = !continuesOnError;
      return refusedResult(error);
    }
  };
  return account.store.transaction(() =>
    batch.operations.map((operation) => {
      const result = attempt(operation);
      consumed += result.charge;
      return result;
    }),
  );
}

function batchReply({ container, range }: Batch, results: readonly BatchResult[]): Reply {
  const refused = results.filter(({ status }) => status >= 400);
  const first = refused.find(({ status }) => status !== failedDependency.status);
  const total = results.reduce((sum, { charge }) => sum + charge, 0);
  const headers = rangeHeaders(container, range);
  if (first !== undefined && first.substatus !== 0) headers["x-ms-substatus"] = String(first.substatus);
  const charge = Math.round(total * 100) / 100;
  return reply(first === undefined ? 200 : 207, charge, `[${results.map(resultText).join(",")}]`, headers);
}
