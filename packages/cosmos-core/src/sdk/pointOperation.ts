import type { ItemDefinition, PatchOperation } from "@azure/cosmos";
import type { PointKey } from "../definition/itemKey.ts";

interface OnItem {
  readonly key: PointKey;
}

interface WithBody extends OnItem {
  readonly body: ItemDefinition;
  /** Bytes of the body as JSON. */
  readonly size: number;
}

interface Conditional {
  /** Only on the version that has this etag, which is in quotes as in `If-Match`. */
  readonly ifMatch?: string | undefined;
}

/** An operation on one item as a value: it is sent alone or with others in a batch request. */
export type PointOperation =
  | ({ readonly kind: "read" } & OnItem)
  | ({ readonly kind: "create" } & WithBody)
  | ({
      readonly kind: "upsert";
      /** Nobody reads the document of its answer: Cosmos DB need not send it. */
      readonly isMinimal?: boolean;
    } & WithBody)
  | ({ readonly kind: "replace" } & WithBody & Conditional)
  | ({
      readonly kind: "patch";
      readonly steps: readonly PatchOperation[];
      /** Only on an item for which this holds: the end of a query, `FROM c WHERE …`. */
      readonly condition?: string | undefined;
      /** Bytes of the steps and the condition as JSON. */
      readonly size: number;
    } & OnItem &
      Conditional)
  | ({ readonly kind: "delete" } & OnItem & Conditional);

/** Whether nobody reads the document of an operation's answer. A batch request has documents in all answers or in none. */
export const isMinimal = (operation: PointOperation): boolean =>
  operation.kind === "upsert" && operation.isMinimal === true;

/** Bytes that an operation brings into a batch request, at most: its body, its key, its etag and the words around them. */
export function bytesOf(operation: PointOperation): number {
  const body = "size" in operation ? operation.size : 0;
  const { id, pk } = operation.key;
  const pkLength = typeof pk === "string" ? pk.length : JSON.stringify(pk).length;
  const etagLength = "ifMatch" in operation ? (operation.ifMatch?.length ?? 0) : 0;
  // A control character is 6 bytes of JSON, and 7 in the partition key, which is JSON in a string.
  return body + 6 * (id.length + etagLength) + 7 * pkLength + 120;
}

/** What Cosmos DB answered to one operation. A refusal is an answer too. */
export interface PointAnswer {
  /** The HTTP status that the operation has, or would have had alone. */
  readonly status: number;
  readonly substatus?: number | undefined;
  /** The document, of a success; a delete's answer has none, and a minimal one's need not have it. */
  readonly document?: ItemDefinition | undefined;
  /** The item's version, in quotes, of a success that leaves one. */
  readonly etag?: string | undefined;
  /** RU. */
  readonly requestCharge: number;
  readonly retryAfterMs?: number | undefined;
  readonly activityId?: string | undefined;
  /** What the service said of a failure. */
  readonly message?: string | undefined;
}

/** The status for what is over the provisioned throughput. */
export const tooManyRequests = 429;

/** Whether an operation was throttled. */
export const isThrottled = ({ status }: PointAnswer): boolean => status === tooManyRequests;
