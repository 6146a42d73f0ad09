import { ApiError, type ErrorReason, type ErrorShape } from "./apiError.ts";

/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Reasons for an answer that names none, as those of a proxy or the platform in front of the server. */
const reasonByStatus: Readonly<Record<number, ErrorReason>> = {
  401: "unauthorized",
  403: "forbidden",
  413: "too-large",
  429: "throttled",
  502: "gateway",
  503: "unavailable",
  504: "gateway",
};

/** Sends a request and waits for the head of its answer. A redirect is not followed. @throws ApiError */
export async function openAnswer(send: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await send(url, { ...init, redirect: "manual" });
  } catch (thrown) {
    const { cause, message = thrown } = (thrown ?? {}) as { cause?: { code?: unknown }; message?: unknown };
    // The socket's error code or, in browsers, which do not tell it, the message.
    const why = cause?.code ?? message;
    throw new ApiError("unreachable", `No server answers at ${originOf(url)} (${why}).`, { cause: thrown });
  }
  const { status, redirected } = response;
  // Browsers hide a redirect's status, which is 0, and its target. What a caller's `fetch` followed may still be the API.
  if (!status || (status > 299 && status < 400) || (redirected && !isOf(response))) {
    throw foreign(response, url, "redirected");
  }
  return response;
}

/**
 * Reads an answer of this API in JSON: what it says of the one call, or of the first of a batch that failed as a whole.
 *
 * @throws ApiError when it is something else, or ends too early
 */
export async function readJson(response: Response, url: string): Promise<Entry> {
  if (!isOf(response)) throw foreign(response, url);
  let text = "[";
  try {
    text = await response.text();
    const value: unknown = JSON.parse(text);
    const entry: Partial<Entry> = (Array.isArray(value) ? value[0] : value) ?? {};
    // Errors count as this API's when they are shaped as its own.
    if (entry.result instanceof Object || typeof entry.error?.data?.code === "string") return entry;
  } catch {
    // Not with the parser's error as the cause: its stack says nothing of what came back.
    if (/^\s*[[{]/.test(text)) throw truncated(url, response);
  }
  throw foreign(response, url);
}

/** Throws what an answer says that should have been a stream. */
export async function refuse(response: Response, url: string): Promise<never> {
  const { error } = await readJson(response, url);
  throw error ? refusal(error, { response }) : foreign(response, url);
}

/** The error for an answer that ended before it was whole. */
export const truncated = (url: string, response?: Response, cause?: unknown): ApiError =>
  new ApiError("truncated", `The answer of ${originOf(url)} broke off.`, {
    status: response?.status,
    cause,
  });

/** Whether an answer is of a content type, in lower case. */
export const isOf = ({ headers }: Response, type = "application/json"): boolean | undefined =>
  headers.get("content-type")?.toLowerCase().startsWith(type);

/** What tRPC answers for one call. */
interface Entry {
  readonly result?: object;
  readonly error?: ErrorShape;
}

/** The error for an answer that is not this API's: it says what came back. */
function foreign(
  response: Response,
  url: string,
  reason = reasonByStatus[response.status] ?? "not-this-api",
): ApiError {
  const { status, headers, body } = response;
  // Nobody reads it: its connection is free for others.
  body?.cancel().catch(() => undefined);
  const what =
    reason === "redirected"
      ? `redirects to ${originOf(headers.get("location") || "//", url)}, maybe to sign in`
      : "is not this API";
  const type = headers.get("content-type") || "no content type";
  return new ApiError(
    reason,
    `What answers at ${originOf(url)} ${what} (HTTP ${status}, ${type}). ${aboutToken(headers)}`.trim(),
    { status, retryAfterMs: retryAfter(headers) },
  );
}

/** The error for a refusal of this API. */
export function refusal(shape: ErrorShape, meta?: Record<string, unknown>): ApiError {
  const headers = (meta?.["response"] as Response | undefined)?.headers;
  const { httpStatus: status, currentEtag, fields, retryAfterMs = retryAfter(headers) } = shape.data;
  return new ApiError(
    shape.data.reason ?? reasonByStatus[status] ?? "failed",
    `${shape.message} ${aboutToken(headers)}`.trim(),
    { shape, meta, status, currentEtag, fields, retryAfterMs },
  );
}

/** What an answer says of a token that it refuses: that it has expired, or is not valid yet. Source: RFC 6750, 3. */
const aboutToken = (headers?: Headers): string =>
  /error_description="([^"]+)"/.exec(headers?.get("www-authenticate") ?? "")?.[1] ?? "";

/** `Retry-After`, seconds or a date, in milliseconds. Source: RFC 9110, 10.2.3. */
function retryAfter(headers?: Headers): number | undefined {
  const value = headers?.get("retry-after") ?? "";
  const now = Date.parse(headers?.get("date") ?? "") || Date.now();
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return wait >= 0 ? wait : undefined;
}

/** Where a URL points, without its path and query: these may carry data. */
const originOf = (url: string, base?: string): string =>
  URL.canParse(url, base) ? new URL(url, base).origin : "elsewhere";
