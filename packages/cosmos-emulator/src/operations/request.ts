import { maxNestingLevels } from "@cosmos-trpc/cosmos-sql";
import { type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { type Call, header, isTrue } from "../http/call.ts";
import { limits } from "../limits.ts";
import { badRequest, preconditionFailed } from "../serviceError.ts";

/** Entries of a page when the request says nothing. Source: Learn, REST "Common request headers". */
const defaultItemCount = 100;

/** How many entries a page may have, by `x-ms-max-item-count`; -1 leaves it to the bytes. */
export function readItemCount(call: Call): number {
  const text = header(call, "x-ms-max-item-count");
  if (text === undefined || text === "") return defaultItemCount;
  const count = Number(text);
  if (count === -1) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(count) && count > 0) return count;
  throw badRequest(
    `The x-ms-max-item-count '${text.slice(0, 50)}' is neither -1 nor a whole number above 0.`,
  );
}

/**
 * Refuses content that is nested deeper than the service takes, and numbers like `1e400` that `JSON.parse` reads as
 * infinite: `JSON.stringify` would make null of them. It has to come before anything recursive is done with
 * the content: `JSON.parse` takes any depth, `JSON.stringify` runs out of stack.
 */
export function checkNesting(content: JsonObject): void {
  let level: unknown[] = [content];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxNestingLevels) {
      throw badRequest(`The content is nested deeper than ${maxNestingLevels} levels.`);
    }
    level = level.flatMap((value) =>
      Object.values(value as object).filter((child) => {
        if (child === Number.POSITIVE_INFINITY || child === Number.NEGATIVE_INFINITY) throw notANumber();
        return typeof child === "object" && child !== null;
      }),
    );
  }
}

const notANumber = (): Error =>
  badRequest(
    "The request payload is invalid. Ensure to provide a valid request payload: it has a number out of range.",
  );

/** The name in the body of a create, checked. Source: Learn, REST "Create a Database". */
export function readName(body: JsonObject): string {
  const id = own(body, "id");
  if (typeof id !== "string" || id === "") {
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing");
  }
  if (id.length > limits.resourceNameLength) {
    throw badRequest(
      `The input name '${id.slice(0, 64)}…' is invalid. Ensure to provide a unique non-empty string less than '${limits.resourceNameLength}' characters.`,
    );
  }
  if (/[/\\?#\0]|\s$/.test(id) || !id.isWellFormed()) {
    throw badRequest(
      `The name '${id.slice(0, 64)}' is not valid: it may have none of / \\ ? # and no space at its end.`,
    );
  }
  return id;
}

/** Refuses a write whose `If-Match`, where it has one, names another version than the one that is there; `*` is any. */
export function checkVersion(ifMatch: string | undefined, etag: string): void {
  if (ifMatch !== undefined && !isVersion(ifMatch, etag)) throw preconditionFailed();
}

/** Whether `If-None-Match` says that the client has this version. */
export function isNotModified(call: Call, etag: string): boolean {
  const known = header(call, "if-none-match");
  return known !== undefined && isVersion(known, etag);
}

/** Whether a condition's etag is that of the version that is there; `*` is any. */
export const isVersion = (wanted: string, etag: string): boolean =>
  wanted === "*" || isSameEtag(wanted, etag);

/** Etags are compared with or without their quotes: some clients strip them. */
const isSameEtag = (one: string, other: string): boolean =>
  one === other || one.replaceAll('"', "") === other.replaceAll('"', "");

/** Whether a call's body is a query: told by a header or by the content type. Source: Learn, REST "Query Documents". */
export const isQuery = (call: Call): boolean =>
  isTrue(call, "x-ms-documentdb-isquery") ||
  (header(call, "content-type") ?? "").toLowerCase().startsWith("application/query+json");
