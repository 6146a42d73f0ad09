import type { IncomingMessage } from "node:http";
import { isRecord, parseJson, type UnsafeNumberError } from "@cosmos-trpc/base";
import type { FieldProblem } from "@cosmos-trpc/cosmos-core";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { badRequest } from "./problem.ts";
import { isParameter, type ProcedureRoute } from "./procedureRoutes.ts";
import { readParameters } from "./queryParameters.ts";
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
 * @throws TRPCError that names each parameter which comes twice, or is a number that a double cannot hold
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
      problems.push({ path: name, message: (error as UnsafeNumberError).message });
      return [name, text];
    }
  });
  if (problems.length > 0) throw badRequest(problems);
  return Object.fromEntries(entries);
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** What a text may stand for, beside itself. */
function* readings(text: string): Generator<unknown> {
  if (jsonNumber.test(text)) yield parseJson(text);
  if (text === "true" || text === "false") yield text === "true";
  if (/^-?\d+$/.test(text)) yield BigInt(text);
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) yield date;
}

/** What a text stands for. @throws UnsafeNumberError where the field takes no text, and no double holds the number */
function meaningOf(schema: z.ZodType, text: string): unknown {
  if (accepts(schema, text)) return text;
  let isUnsafe: unknown;
  try {
    for (const value of readings(text)) if (accepts(schema, value)) return value;
  } catch (error) {
    if (/^-?\d+$/.test(text) && accepts(schema, BigInt(text))) return BigInt(text);
    isUnsafe = error;
  }
  // Nothing fits: the schema says what is wrong with what was meant.
  const { type } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (type !== "number" && type !== "integer") return text;
  if (isUnsafe !== undefined) throw isUnsafe;
  return jsonNumber.test(text) ? Number(text) : text;
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
