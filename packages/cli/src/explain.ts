import { type ItemsError, isItemsError } from "@cosmos-trpc/client";
import type { Usage } from "./api.ts";
import { Refused } from "./refused.ts";

const other = "check --url or COSMOS_TRPC_URL.";

/** Says in one sentence why a call failed. */
export function explain(error: unknown, url: URL): string {
  if (!isItemsError(error)) return error instanceof Error ? error.message : String(error);
  // A watch's cursor travels in its URL, and whatever stands before the API may cut that off.
  if (error.status === 414 || error.status === 431) {
    return `The request is longer than ${url.origin} takes (HTTP ${error.status}): begin the watch without its cursor.`;
  }
  switch (error.reason) {
    case "unreachable":
      return `${error.message.replace(/\.$/, "")}: start it, or name another with --url or COSMOS_TRPC_URL.`;
    case "timeout":
      return `No server answers at ${url.origin} (timeout): start it, or name another with --url or COSMOS_TRPC_URL.`;
    case "not-this-api":
      return `What answers at ${url.origin} is not this API${status(error)}: ${other}`;
    case "redirected":
    case "gateway":
      return `${error.message.replace(/\.$/, "")}: ${other}`;
    default:
      return error.currentEtag === undefined
        ? error.message
        : `${error.message} Its etag is now ${error.currentEtag}.`;
  }
}

const status = (error: ItemsError): string => (error.status === undefined ? "" : ` (HTTP ${error.status})`);

/** Whether a call got no answer of this API: every further one would end so too. */
export const isUnanswered = (error: unknown): boolean => isItemsError(error) && error.shape == null;

/** What a call gives. @throws Refused with why it failed, and what it cost */
export async function orRefused<Result>(
  call: Promise<Result>,
  url: URL,
  usage: () => Usage,
): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw new Refused(explain(error, url), usage());
  }
}
