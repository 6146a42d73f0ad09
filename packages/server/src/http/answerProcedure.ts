import type { IncomingMessage } from "node:http";
import { isRecord, parseJson } from "@cosmos-trpc/base";
import type { FieldProblem } from "@cosmos-trpc/cosmos-core";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { badRequest } from "./problem.ts";
import { isParameter, type ProcedureRoute } from "./procedureRoutes.ts";
import { jsonNumber, readParameters } from "./queryParameters.ts";
import { readJson } from "./readJson.ts";
import { decodeSegment, type Procedures, type RouteCall } from "./route.ts";

/** Calls a procedure with what its request says. */
export async function answerProcedure(
  route: ProcedureRoute,
  segments: readonly string[],
  { request, procedures, query }: RouteCall,
): Promise<Answer> {
  const output = await procedureAt(procedures, route.name)(await inputOf(route, segments, request, query));
  return output === undefined ? { status: 204 } : { status: 200, body: output };
}

function procedureAt(procedures: Procedures, name: string): (input: unknown) => Promise<unknown> {
  const found = name
    .split(".")
    .reduce<unknown>((inner, part) => (inner as Readonly<Record<string, unknown>>)[part], procedures);
  return found as (input: unknown) => Promise<unknown>;
}

async function inputOf(
  route: ProcedureRoute,
  segments: readonly string[],
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<unknown> {
  const { meta, input, parameters } = route;
  const path = Object.fromEntries(
    route.segments.flatMap((segment, at): [string, string][] => {
      const name = segment.slice(1, -1);
      return isParameter(segment) ? [[name, decodeSegment(name, segments[at] ?? "")]] : [];
    }),
  );
  if (meta.method === "GET" || meta.method === "DELETE") {
    return input === undefined ? undefined : inputOfAddress(route, path, query);
  }
  readParameters(query, []);
  if (input === undefined) return undefined;
  const body = await readJson(request);
  if (parameters.length === 0) return body;
  if (!isRecord(body)) throw badRequest([{ path: "body", message: "has to be an object" }]);
  // The path says which one is meant, whatever the body says.
  return { ...body, ...inputOfAddress(route, path, query) };
}

/**
 * The input of a procedure, as an address says it: the fields in its path and those in its query.
 *
 * A text stands for what the field takes: itself, or else a number, `true` and `false`, a bigint or a date. A field that
 * takes an array takes each time that its parameter is there.
 *
 * @param path what stands at the path's parameters
 * @throws TRPCError that names each parameter which comes twice, is a number that a double cannot hold, or is not what
 *   its field coerces to
 */
function inputOfAddress(
  { fields }: ProcedureRoute,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Record<string, unknown> {
  const texts = new Map<string, readonly string[]>();
  for (const name of new Set(query.keys())) texts.set(name, query.getAll(name));
  for (const [name, text] of Object.entries(path)) texts.set(name, [text]);
  const problems: FieldProblem[] = [];
  const entries = Array.from(texts, ([name, all]): [string, unknown] => {
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const [text = "", ...more] = all;
    try {
      const element = schema === undefined ? undefined : elementOf(schema);
      if (element !== undefined) return [name, all.map((one) => meaningOf(element, one))];
      if (more.length > 0) problems.push({ path: name, message: "is there twice" });
      return [name, schema === undefined ? text : meaningOf(schema, text)];
    } catch (error) {
      problems.push({ path: name, message: (error as Error).message });
      return [name, text];
    }
  });
  if (problems.length > 0) throw badRequest(problems);
  return Object.fromEntries(entries);
}

/** A day, or a moment with its offset from UTC: what no other place or time reads as another one. Source: RFC 3339. */
const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** What a text may stand for, beside itself. */
function* readings(text: string): Generator<unknown> {
  if (jsonNumber.test(text)) yield parseJson(text);
  if (text === "true" || text === "false") yield text === "true";
  if (/^-?\d+$/.test(text)) yield BigInt(text);
  if (time.safeParse(text).success) yield new Date(text);
}

/** What a schema makes of anything that it is given, and how that is written in an address. */
const coercions: ReadonlyMap<string, readonly [isOne: (value: unknown) => boolean, form: string]> = new Map([
  ["number", [(value) => typeof value === "number", "a number"]],
  ["boolean", [(value) => typeof value === "boolean", "true or false"]],
  ["bigint", [(value) => typeof value === "bigint", "a whole number"]],
  ["date", [(value) => value instanceof Date, "a day or a time as ISO 8601: 2026-01-31T12:00:00Z"]],
]);

/** The kind that a schema coerces to. A text would become one however it is written: an empty one 0, "false" true. */
function coercionOf(schema: z.ZodType): string | undefined {
  const {
    type,
    coerce,
    in: before,
    innerType,
  } = schema.def as unknown as {
    readonly type: string;
    readonly coerce?: boolean;
    readonly in?: z.ZodType;
    readonly innerType?: z.ZodType;
  };
  const inner = before ?? innerType;
  return coerce === true ? type : inner === undefined ? undefined : coercionOf(inner);
}

/** What a text stands for. @throws Error with what is wrong, as the end of a sentence */
function meaningOf(schema: z.ZodType, text: string): unknown {
  const coercion = coercions.get(coercionOf(schema) ?? "");
  const isMeant = coercion?.[0] ?? ((value: unknown) => accepts(schema, value));
  if (coercion === undefined && isMeant(text)) return text;
  let unsafe: unknown;
  try {
    for (const value of readings(text)) if (isMeant(value)) return value;
  } catch (error) {
    if (/^-?\d+$/.test(text) && isMeant(BigInt(text))) return BigInt(text);
    unsafe = error;
  }
  // Nothing fits: the schema says what is wrong with what was meant.
  const { type } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const isNumber = type === "number" || type === "integer";
  if (unsafe !== undefined && (isNumber || coercion !== undefined)) throw unsafe;
  if (coercion !== undefined) throw new Error(`has to be ${coercion[1]}`);
  return isNumber && jsonNumber.test(text) ? Number(text) : text;
}

/** Whether a schema takes a value; one that checks in its own time says so when the procedure is called. */
function accepts(schema: z.ZodType, value: unknown): boolean {
  try {
    return schema.safeParse(value).success;
  } catch {
    return true;
  }
}

/** What an array's elements are: of a schema that takes an array and no text. */
function elementOf(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  const { innerType } = schema.def as unknown as { readonly innerType?: z.ZodType };
  return innerType === undefined ? undefined : elementOf(innerType);
}
