import { jsonBytes } from "../definition/jsonBytes.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import { operationTimeout } from "../sdk/deadline.ts";

/** How much one page of a list may take. When it is spent the page ends with what it has, and its cursor goes on. */
export interface ListBudget {
  /** Requests, beyond the first to each physical partition. */
  readonly maxRequests: number;
  /** Bytes of documents that are read, as JSON; beyond that, one document of each physical partition. */
  readonly maxBytes: number;
  /** Milliseconds after which no further request begins. */
  readonly maxMilliseconds: number;
  /** Characters of a cursor that may say how far scans of physical partitions are that have found nothing yet. */
  readonly maxScansLength: number;
}

export const defaultListBudget: ListBudget = {
  maxRequests: 10,
  maxBytes: 16 * 1024 * 1024,
  maxMilliseconds: operationTimeout,
  maxScansLength: 8_192,
};

/** Bytes of an answer, at most. Source: Learn, "Azure Cosmos DB service quotas". */
const maxAnswerBytes = 4 * 1024 * 1024;

/** What is left of a page's budget. */
export interface BudgetLeft {
  /** Counts documents that were read. */
  hold(documents: readonly ItemDefinition[]): void;
  /** Whether documents have as many bytes as may be. */
  isFull(): boolean;
  /** Whether nothing more may begin but what the page cannot do without. */
  isSpent(): boolean;
  /** Takes a further request, when one may be made. */
  takeRequest(): boolean;
}

/** Begins a page. */
export function startBudget({ maxRequests, maxBytes, maxMilliseconds }: ListBudget): BudgetLeft {
  const end = performance.now() + maxMilliseconds;
  let requestsLeft = maxRequests;
  let unmeasured: (readonly ItemDefinition[])[] = [];
  let measured = 0;

  function isFull(): boolean {
    // To measure means to write JSON: not while the answers cannot be that large.
    if (measured + unmeasured.length * maxAnswerBytes < maxBytes) return false;
    for (const documents of unmeasured) measured += jsonBytes(documents);
    unmeasured = [];
    return measured >= maxBytes;
  }

  const isSpent = (): boolean => requestsLeft <= 0 || performance.now() >= end || isFull();

  return {
    hold(documents) {
      if (documents.length > 0) unmeasured.push(documents);
    },
    isFull,
    isSpent,
    takeRequest() {
      if (isSpent()) return false;
      requestsLeft -= 1;
      return true;
    },
  };
}
