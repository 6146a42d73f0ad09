import type { IncomingHttpHeaders } from "node:http";
import { StoreError } from "@cosmos-trpc/cosmos-core/schema";
import { translateFailure } from "../failure.ts";
import { badRequest } from "./problem.ts";

/** An item's etag as HTTP writes it. */
export const entityTag = (etag: string): string => `"${etag}"`;

/** An etag of a list: `"…"`, or `W/"…"`. Source: RFC 9110, 8.8.3. */
const listed = /\s*(?:(W\/)?"([^"]*)"|([^\s",]+))\s*(?:,|$)/gy;

interface Tag {
  readonly etag: string;
  readonly isWeak: boolean;
}

/** Reads `If-Match` or `If-None-Match`: the etags, or `*`. People type etags without quotes, which is understood too. */
function readTags(name: string, value: string): readonly Tag[] | "*" {
  if (value.trim() === "*") return "*";
  const tags: Tag[] = [];
  let end = 0;
  for (const match of value.matchAll(listed)) {
    const [text, weak, quoted, bare] = match;
    tags.push({ etag: quoted ?? bare ?? "", isWeak: weak !== undefined });
    end = match.index + text.length;
  }
  if (tags.length === 0 || end !== value.length) {
    throw badRequest([{ path: name, message: 'has to be etags, each as "etag", or *' }]);
  }
  return tags;
}

/**
 * The version that `If-Match` lets be written over: one etag, or `*` for any that is there.
 *
 * @throws TRPCError for several, which the service does not take, and for a weak one, which matches no version
 */
export function ifMatchOf({ "if-match": value }: IncomingHttpHeaders): string | undefined {
  if (value === undefined) return undefined;
  const tags = readTags("If-Match", value);
  if (tags === "*") return tags;
  const [tag, ...more] = tags;
  if (tag === undefined || more.length > 0) {
    throw badRequest([{ path: "If-Match", message: "has to be one etag, or *" }]);
  }
  if (tag.isWeak) {
    throw translateFailure(
      new StoreError("precondition-failed", "A weak etag matches no version: send it as it was received."),
    );
  }
  return tag.etag;
}

/** Whether a write asks that nothing is there: `If-None-Match: *`. @throws TRPCError for etags, which a write has no use for */
export function isForNew({ "if-none-match": value }: IncomingHttpHeaders): boolean {
  if (value === undefined) return false;
  if (readTags("If-None-Match", value) === "*") return true;
  throw badRequest([{ path: "If-None-Match", message: "has to be * when an item is written" }]);
}

/** What a read's conditions say of the version that is there. Source: RFC 9110, 13.2.2. */
export function readCondition(
  { "if-match": match, "if-none-match": noneMatch }: IncomingHttpHeaders,
  etag: string,
): "send" | "not-modified" | "failed" {
  if (match !== undefined) {
    const tags = readTags("If-Match", match);
    if (tags !== "*" && !tags.some((tag) => tag.etag === etag && !tag.isWeak)) return "failed";
  }
  if (noneMatch === undefined) return "send";
  const tags = readTags("If-None-Match", noneMatch);
  return tags === "*" || tags.some((tag) => tag.etag === etag) ? "not-modified" : "send";
}
