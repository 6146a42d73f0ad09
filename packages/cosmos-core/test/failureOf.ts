import { expect } from "vitest";
import { StoreError } from "../src/index.ts";

/** The store's failure that some work ends with; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}
