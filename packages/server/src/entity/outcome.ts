import type { StoreError } from "@cosmos-trpc/cosmos-core";
import { describeStoreError, type Failure } from "../errors.ts";

/** What became of one of many: what there is to say of it, or why there is nothing; and its cost in request units (RU). */
export type Outcome<Success> = ({ readonly ok: true; readonly requestCharge: number } & Success) | Refusal;

interface Refusal {
  readonly ok: false;
  readonly error: Failure;
  readonly requestCharge: number;
}

/** The outcome that a failure of one of many is, as callers see it. */
export const refusal = (error: StoreError, requestCharge: number): Refusal => ({
  ok: false,
  error: describeStoreError(error),
  requestCharge,
});
