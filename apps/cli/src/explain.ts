import { isRefusal } from "./api.ts";

/** Says in one sentence why a call failed. */
export function explain(error: unknown, url: URL): string {
  if (!isRefusal(error)) return error instanceof Error ? error.message : String(error);
  // What answers may be something else, and speak another JSON.
  const data = error.shape?.data as NonNullable<typeof error.shape>["data"] | undefined;
  if (data !== undefined) {
    const { currentEtag } = data;
    return currentEtag === undefined ? error.message : `${error.message} Its etag is now ${currentEtag}.`;
  }
  const response = error.meta?.["response"] as Response | undefined;
  if (response === undefined && !(error.cause instanceof SyntaxError)) {
    const code = networkCode(error.cause) ?? error.message;
    return `No server answers at ${url.origin} (${code}): start it, or name another with --url or COSMOS_TRPC_URL.`;
  }
  return `What answers at ${url.origin} is not this API${response === undefined ? "" : ` (HTTP ${response.status})`}: check --url or COSMOS_TRPC_URL.`;
}

/** The socket's error code, or `timeout`: from the depth of what `fetch` throws. */
function networkCode(error: unknown): string | undefined {
  for (let link = error, depth = 0; depth < 8 && link instanceof Error; depth += 1) {
    if (link.name === "TimeoutError") return "timeout";
    const { code } = link as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
    if (link instanceof AggregateError) link = link.errors[0];
    else link = link.cause;
  }
  return undefined;
}
