import type { Stored, StoreError } from "@cosmos-trpc/cosmos-core";
import { describeStoreError, type Failure } from "../failure.ts";

/** What became of one of many: the item, or why there is none; and what it cost, in request units (RU). */
export type Outcome<Item> =
  | { readonly ok: true; readonly item: Stored<Item>; readonly requestCharge: number }
  | { readonly ok: false; readonly error: Failure; readonly requestCharge: number };

/** What the store says of one of many, as callers see it. */
export const toOutcome = <Item>(
  result: { readonly requestCharge: number } & (
    | { readonly item: Stored<Item>; readonly error?: never }
    | { readonly item?: never; readonly error: StoreError }
  ),
): Outcome<Item> => {
  const { item, error, requestCharge } = result;
  return error === undefined
    ? { ok: true, item, requestCharge }
    : { ok: false, error: describeStoreError(error), requestCharge };
};
