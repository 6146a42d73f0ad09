import type { FieldProblem } from "@cosmos-trpc/base";

export type { FieldProblem } from "@cosmos-trpc/base";

/** Why an operation of the store failed: a closed list, for a program to branch on. */
export const reasons = [
  "not-found",
  "conflict",
  "precondition-failed",
  "invalid",
  "too-large",
  "throttled",
  "unavailable",
  "misconfigured",
] as const;

/**
 * - `not-found`: no such item.
 * - `conflict`: create of an id that exists.
 * - `precondition-failed`: `ifMatch` does not match; `currentEtag` says what would, when it is known.
 * - `invalid`: the input breaks a rule; `fields` names each field.
 * - `too-large`: the item has more than 2 MB, or an answer of many items has no room for it.
 * - `throttled`: Cosmos DB's 429, after bounded retries; `retryAfterMs` says how long to wait.
 * - `unavailable`: time-outs, 408, 410, 449, 5xx, no region reachable. Trying again may help.
 * - `misconfigured`: Cosmos DB's 401 or 403, a wrong endpoint, a missing container: no caller's fault.
 */
export type Reason = (typeof reasons)[number];

/** What happened, where more is known than the reason: a closed list, by which an application says what mends it. */
export const failureCodes = [
  "container-missing",
  "partition-key-differs",
  "role-missing",
  "network-blocked",
  "token-refused",
  "no-token",
  "endpoint-wrong",
  "no-answer",
  "schema-outdated",
  "schema-broken",
  "item-unfit",
] as const;

/**
 * Of `misconfigured`:
 * - `container-missing`: the container or its database is not there.
 * - `partition-key-differs`: the container is partitioned by another path than its definition says.
 * - `role-missing`: Cosmos DB's 403: the identity lacks a role for its data.
 * - `network-blocked`: Cosmos DB's 403: the account's firewall lets nobody in from here.
 * - `token-refused`: Cosmos DB's 401: a token of another tenant or for another account.
 * - `no-token`: the credential found no identity, or the identity got no token.
 * - `schema-outdated`: an item was written by a later version of the schema than this process has.
 * - `schema-broken`: the definition's own schema or upgrades fail.
 * - `item-unfit`: an item is stored in a form that its schema does not have. Of `invalid` too, when a patch has met one.
 *
 * Of `unavailable`:
 * - `endpoint-wrong`: there is no host of the endpoint's name, or no name service to ask.
 * - `no-answer`: nobody could be reached, or answered in time.
 */
export type FailureCode = (typeof failureCodes)[number];

/** What a {@link StoreError} knows beside its message; each where it applies. */
export interface StoreErrorDetails {
  readonly code?: FailureCode | undefined;
  /** Cosmos DB's HTTP status. */
  readonly status?: number | undefined;
  /** Cosmos DB's substatus. */
  readonly substatus?: number | undefined;
  /** What Microsoft's support asks for. */
  readonly activityId?: string | undefined;
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The etag that the item has now, in the service's quotes. */
  readonly currentEtag?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** What the failed operation cost, in request units (RU). */
  readonly requestCharge?: number | undefined;
}

const detailNames = [
  "code",
  "status",
  "substatus",
  "activityId",
  "retryAfterMs",
  "currentEtag",
  "fields",
  "requestCharge",
] as const satisfies readonly (keyof StoreErrorDetails)[];

/** Every failure of a store. Its message is for the operator: it may name endpoints and containers. */
export class StoreError extends Error implements StoreErrorDetails {
  override readonly name = "StoreError";
  readonly reason: Reason;
  readonly code?: FailureCode;
  readonly status?: number;
  readonly substatus?: number;
  readonly activityId?: string;
  readonly retryAfterMs?: number;
  readonly currentEtag?: string;
  readonly fields?: readonly FieldProblem[];
  readonly requestCharge?: number;

  constructor(reason: Reason, message: string, details: StoreErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    // By name: a failure may be made from another one, whose reason is not taken over.
    for (const name of detailNames) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] });
    }
  }
}
