import type { IncomingHttpHeaders } from "node:http";
import { isObject, type Json, type JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { badRequest } from "../serviceError.ts";
import type { Target } from "./target.ts";

/** A request to the data plane, read and signed in. */
export interface Call {
  readonly method: string;
  readonly target: Target;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call's decoded path. */
export const pathOf = ({ target: { type, isFeed, link } }: Call): string =>
  isFeed ? `/${link === "" ? "" : `${link}/`}${type}` : `/${link}`;

/** What an operation answers. Headers that every answer has are added when it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** JSON text; nothing for 204 and 304. */
  readonly body?: string;
}

/** A header's value; of one sent twice, the values joined. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Whether a header says `true`, in any case. */
export const isTrue = (call: Call, name: string): boolean => header(call, name)?.toLowerCase() === "true";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The body as JSON. */
export function bodyJson(call: Call): Json {
  let text: string;
  try {
    text = utf8.decode(call.body);
  } catch {
    throw badRequest("The request's body is not valid UTF-8.");
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest(
      "The input content is invalid because the body is not valid JSON. Ensure that it is properly quoted and closed.",
    );
  }
}

/** The body as a JSON object. */
export function bodyObject(call: Call): JsonObject {
  const value = bodyJson(call);
  if (!isObject(value)) throw badRequest("The request's body has to be a JSON object.");
  return value;
}

/** A JSON reply with its request charge. */
export function reply(
  status: number,
  requestCharge: number,
  body?: JsonObject | string,
  headers: Record<string, string> = {},
): Reply {
  const own = { "x-ms-request-charge": String(requestCharge), ...headers };
  if (body === undefined) return { status, headers: own };
  return { status, headers: own, body: typeof body === "string" ? body : JSON.stringify(body) };
}
