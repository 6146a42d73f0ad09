import type { ItemsError } from "./itemsError.ts";

/** Attempts of one call, the first included. */
const mostAttempts = 4;

/** Milliseconds that the first wait lasts at most; each further one up to twice as long. */
const firstWait = 250;
const longestWait = 8_000;

/** A random wait that grows with the attempts made, in milliseconds; what the server asks for comes on top. */
export const backoff = (attempts: number, asked = 0): number =>
  asked + Math.random() * Math.min(longestWait, firstWait * 2 ** (attempts - 1));

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
 * harm: queries, `items.upsert`, and what its caller marks with `context: { idempotent: true }`. An upsert with
 * `ifMatch` is tried again after 429 alone: after 503 it may have been done, and a second try would report the
 * caller's own write as somebody else's.
 */
export function retryDelay(call: Repeated, failure: ItemsError, attempts: number): number | undefined {
  const { reason, retryAfterMs } = failure;
  if (attempts >= mostAttempts || !(reason === "throttled" || reason === "unavailable")) return undefined;
  const mayRepeat =
    call.type === "query" ||
    call.context["idempotent"] === true ||
    (call.path === ("items.upsert" satisfies MutationPath) &&
      (reason === "throttled" || (call.input as { ifMatch?: unknown } | null)?.ifMatch === undefined));
  return mayRepeat ? backoff(attempts, retryAfterMs) : undefined;
}

/** A renamed procedure must not fall out of the list unseen. */
type MutationPath = `items.${keyof import("./routerTypes.ts").RouterInputs["items"]}`;
