import type { ItemsError } from "./itemsError.ts";

/** Attempts of one call, the first included. */
const mostAttempts = 4;

/** Milliseconds: each wait is at most twice as long as the one before, and the first twice this. */
const firstWait = 125;
const longestWait = 8_000;

/** A random wait that grows with the attempts made, in milliseconds; what the server asks for comes on top. */
export const backoff = (attempts: number, asked = 0): number =>
  asked + Math.random() * Math.min(longestWait, firstWait * 2 ** attempts);

/** Mutations that leave the same behind when they are made twice. */
const idempotent: readonly string[] = ["items.upsert", "items.replace"] satisfies MutationPath[];

/** A call, as far as trying it again depends on it. */
export interface Repeated {
  readonly type: string;
  readonly path: string;
  readonly input: unknown;
  readonly context: Record<string, unknown>;
}

/**
 * How long to wait before a failed call is made again, in milliseconds; `undefined` when it must not be.
 *
 * Only what was throttled (429) or found the server unavailable (503) is tried again, and only if doing it twice does no
 * harm: queries, `items.upsert`, `items.replace`, and what its caller marks with `context: { idempotent: true }`. A write
 * with `ifMatch` is tried again after 429 alone: after 503 it may have been done, and a second try would report the
 * caller's own write as somebody else's.
 */
export function retryDelay(call: Repeated, failure: ItemsError, attempts: number): number | undefined {
  const { reason, retryAfterMs } = failure;
  const { type, path, input, context } = call;
  const isThrottled = reason === "throttled";
  const mayRepeat =
    type === "query" ||
    context["idempotent"] ||
    (idempotent.includes(path) && (isThrottled || !(input as { ifMatch?: unknown } | null)?.ifMatch));
  return mayRepeat && attempts < mostAttempts && (isThrottled || reason === "unavailable")
    ? backoff(attempts, retryAfterMs)
    : undefined;
}

/** A renamed procedure must not fall out of the list unseen. */
type MutationPath = `items.${keyof import("./routerTypes.ts").RouterInputs["items"]}`;
