import { jitteredBackOff } from "@cosmos-trpc/base";
import type { ApiError } from "./apiError.ts";

/** Attempts of one call, the first included. */
const maxAttempts = 4;

/** A random wait that grows with the failures in a row, in milliseconds; what the server asks for comes on top. */
export const retryWait = (failures: number, retryAfterMs = 0): number =>
  retryAfterMs + jitteredBackOff(failures, { first: 250, max: 8_000 });

/** A call, as far as trying it again depends on it. */
interface RepeatableCall {
  readonly type: string;
  readonly path: string;
  readonly input: unknown;
  readonly context: Record<string, unknown>;
}

/**
 * How long to wait before a failed call is made again, in milliseconds; `undefined` when it must not be.
 *
 * Only what was throttled (429) or found the server unavailable (503) is tried again, and only if doing it twice does no
 * harm: queries, the mutations that are known to be idempotent, and what its caller marks with
 * `context: { idempotent: true }`. A conditional write (`[item, { ifMatch }]`) is tried again after 429 alone: after 503
 * it may have been done, and a second try would report the caller's own write as somebody else's.
 */
export function retryDelay(
  { type, path, input, context }: RepeatableCall,
  { reason, retryAfterMs }: ApiError,
  attempts: number,
  idempotent: readonly string[],
): number | undefined {
  const isThrottled = reason === "throttled";
  const isConditional = (input as { 1?: { ifMatch?: unknown } } | null | undefined)?.[1]?.ifMatch;
  const mayRepeat =
    type === "query" ||
    context["idempotent"] ||
    (idempotent.includes(path) && (isThrottled || !isConditional));
  return mayRepeat && attempts < maxAttempts && (isThrottled || reason === "unavailable")
    ? retryWait(attempts, retryAfterMs)
    : undefined;
}
