import type { IncomingHttpHeaders } from "node:http";
import { bareEtag } from "@cosmos-trpc/cosmos-core/schema";
import { badRequest, unfulfilled } from "./problem.ts";

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
 * The versions that `If-Match` lets be written over: one etag at least, or `*` alone, for any that is there. Weak etags
 * of a list match nothing, and are left out. Source: RFC 9110, 13.1.1.
 *
 * @throws TRPCError when none is left
 */
export function ifMatchOf({ "if-match": value }: IncomingHttpHeaders): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const tags = readTags("If-Match", value);
  if (tags === "*") return [tags];
  // An etag "*" in quotes is no item's, and must not become the * for any.
  const strong = tags.filter(({ etag, isWeak }) => !isWeak && etag !== "" && etag !== "*");
  if (strong.length > 0) return [...new Set(strong.map(({ etag }) => etag))];
  throw unfulfilled(
    tags.some(({ isWeak }) => isWeak)
      ? "A weak etag matches no version: send it as it was received."
      : 'No version has an empty etag or "*" in quotes: send an etag as it was received, or * without quotes for any version.',
  );
}

/**
 * Whether a write asks that nothing is there: `If-None-Match: *`.
 *
 * @throws TRPCError for etags, which a write has no use for, and with `If-Match`, since the two never hold together
 */
export function isForNew({ "if-none-match": value, "if-match": match }: IncomingHttpHeaders): boolean {
  if (value === undefined) return false;
  if (readTags("If-None-Match", value) !== "*") {
    throw badRequest([{ path: "If-None-Match", message: "has to be * when an item is written" }]);
  }
  if (match === undefined) return true;
  throw unfulfilled("If-Match and If-None-Match: * never hold together: send one.");
}

/** Refuses a change of what is there that asks for nothing to be there. @throws TRPCError */
export function refuseForNew(headers: IncomingHttpHeaders): void {
  if (!isForNew(headers)) return;
  throw unfulfilled(
    "If-None-Match: * asks that there is no item, and this changes one that is there: leave it out.",
  );
}

/**
 * What a read's conditions say of the version that is there. Source: RFC 9110, 13.2.2.
 *
 * @param current the version's etag, as the service writes it
 */
export function readCondition(
  { "if-match": match, "if-none-match": noneMatch }: IncomingHttpHeaders,
  current: string,
): "send" | "not-modified" | "failed" {
  const etag = bareEtag(current);
  if (match !== undefined) {
    const tags = readTags("If-Match", match);
    if (tags !== "*" && !tags.some((tag) => tag.etag === etag && !tag.isWeak)) return "failed";
  }
  if (noneMatch === undefined) return "send";
  const tags = readTags("If-None-Match", noneMatch);
  return tags === "*" || tags.some((tag) => tag.etag === etag) ? "not-modified" : "send";
}
