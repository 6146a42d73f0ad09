import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import type { ResponseMetaFn } from "@trpc/server/http";
import type { Envelope, ResponseMetaOptions } from "./trpcInternals.ts";
import { getHTTPStatusCode } from "./trpcInternals.ts";

/** The head of an answer while it is being made. */
export interface ResponseHead {
  /** Set once the answer is known to be JSON. An answer without it goes out as plain text, as a web Response does. */
  contentType: string | undefined;
  /** The methods a procedure accepts, for a 405. */
  allow: string | undefined;
  /** What `responseMeta` has added, if a web Headers would hold and list it just as it is. */
  added: Readonly<Record<string, string>> | undefined;
  /** All headers, once `responseMeta` has added others than those: from then on this is what counts. */
  web: Headers | undefined;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly head: ResponseHead;
}

/** What tells caches that the answer depends on these request headers. */
export const vary = "trpc-accept, accept";

/** What a web Response calls a string that comes without a content type. */
export const plainText = "text/plain;charset=UTF-8";

/** The headers of an answer as tRPC would hold them. */
export function webHeaders(head: ResponseHead): Headers {
  if (head.web) return head.web;
  const headers = new Headers([["vary", vary]]);
  if (head.contentType !== undefined) headers.set("content-type", head.contentType);
  if (head.allow !== undefined) headers.set("allow", head.allow);
  for (const name in head.added) headers.set(name, head.added[name] ?? "");
  return headers;
}

/**
 * The status of an answer, after the router's results and `responseMeta`, whose headers it adds to `head`.
 *
 * @param envelopes what the answer carries: a list, except for an error that concerns the whole request.
 * @param errors aligned with `envelopes`.
 */
export function settleHead(
  head: ResponseHead,
  options: {
    readonly ctx: ResponseMetaOptions["ctx"];
    readonly info: ResponseMetaOptions["info"];
    readonly envelopes: Envelope[] | Envelope;
    readonly errors: readonly (TRPCError | undefined)[];
    readonly failed: boolean;
    readonly responseMeta: ResponseMetaFn<AnyTRPCRouter> | undefined;
  },
): number {
  const { ctx, info, envelopes, errors, failed, responseMeta } = options;
  const status = failed ? getHTTPStatusCode(envelopes, errors) : 200;
  if (!responseMeta) return status;

  const meta =
    responseMeta({
      ctx,
      info,
      paths: info?.calls.map((call) => call.path),
      data: Array.isArray(envelopes) ? envelopes : [envelopes],
      errors: errors.filter((error) => error !== undefined),
      eagerGeneration: false,
      type: info?.calls.find((call) => call.procedure?._def.type)?.procedure?._def.type ?? "unknown",
    }) ?? {};
  if (meta.headers) {
    // A second time when what was to be answered cannot be written: then both times' headers count.
    if (!head.web && isPlain(meta.headers)) {
      head.added = head.added ? { ...head.added, ...meta.headers } : meta.headers;
    } else {
      head.web = webHeaders(head);
      addHeaders(head.web, meta.headers);
    }
  }
  return meta.status || status;
}

/**
 * Names that need no folding to lower case. Those that the answer has of its own, and those that tell node how to frame
 * it, are not among them.
 */
const plainName =
  /^(?!(?:allow|connection|content-length|content-type|date|expect|keep-alive|set-cookie|te|trailer|transfer-encoding|upgrade|vary)$)[a-z][a-z0-9-]*$/;

/** Values of printable ASCII without white space to trim. */
const plainValue = /^[!-~](?:[ -~]*[!-~])?$/;

function isPlain(
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>,
): headers is Readonly<Record<string, string>> {
  return (
    !(headers instanceof Headers) &&
    Object.entries(headers).every(
      ([name, value]) => plainName.test(name) && typeof value === "string" && plainValue.test(value),
    )
  );
}

function addHeaders(
  headers: Headers,
  added: Headers | Readonly<Record<string, string | string[] | undefined>>,
) {
  if (added instanceof Headers) {
    for (const [name, value] of added) headers.append(name, value);
    return;
  }
  for (const [name, value] of Object.entries(added)) {
    if (Array.isArray(value)) for (const one of value) headers.append(name, one);
    else if (typeof value === "string") headers.set(name, value);
  }
}
