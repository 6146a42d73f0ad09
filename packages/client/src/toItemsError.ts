import type { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "./generated/router.d.ts";
import { ItemsError } from "./itemsError.ts";
import { refusal, truncated } from "./openAnswer.ts";

/** The client's error for whatever tRPC's links report of a call to `url`. */
export function toItemsError(error: unknown, url: string): ItemsError {
  if (error instanceof ItemsError) return error;
  const { shape, meta, cause = error } = error as TRPCClientError<AppRouter>;
  // Single answers have been checked by now: what is left is a batch's stream that could not be read to its end.
  return shape?.data
    ? refusal(shape, meta)
    : truncated(url, undefined, cause instanceof SyntaxError ? undefined : cause);
}
