import type { AnyTRPCProcedure, AnyTRPCRouter } from "@trpc/server";
import { z } from "zod";
import { type ApiMeta, isHttpMethod, type OpenApiMeta } from "../openapi/meta.ts";
import { reservedPaths } from "./paths.ts";

/** A procedure with a route of its own. */
export interface ProcedureRoute {
  /** Its path in the router: `stock.reserve`. */
  readonly name: string;
  readonly procedure: AnyTRPCProcedure;
  readonly meta: OpenApiMeta;
  /** What the path is made of; a name in braces is a field of the input. */
  readonly segments: readonly string[];
  readonly parameters: readonly string[];
  /** What the procedure takes; nothing where it takes no input. */
  readonly input: z.ZodType | undefined;
  /** The fields of that, where it is an object. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
}

/**
 * The routes that procedures say by their meta.
 *
 * @throws TypeError with a sentence for each meta that cannot be served
 */
export function procedureRoutes(router: AnyTRPCRouter): readonly ProcedureRoute[] {
  const procedures = Object.entries(router._def.procedures as Record<string, AnyTRPCProcedure>);
  const routes = procedures.flatMap(([name, procedure]) => {
    const { openapi } = (procedure._def.meta ?? {}) as ApiMeta;
    return openapi === undefined || openapi.enabled === false ? [] : [routeOf(name, procedure, openapi)];
  });
  const byAddress = new Map<string, string>();
  for (const { name, meta, segments } of routes) {
    const address = `${meta.method} /${segments.map((one) => (isParameter(one) ? "{}" : one.toLowerCase())).join("/")}`;
    const other = byAddress.get(address);
    if (other !== undefined) {
      throw refuse(
        name,
        `is served at ${meta.method} ${meta.path}, as ${other} is: give one of them another path.`,
      );
    }
    byAddress.set(address, name);
  }
  // A path that is written out comes before one with a parameter at its place.
  return routes.sort((a, b) => compareSegments(a.segments, b.segments));
}

const refuse = (name: string, problem: string): TypeError =>
  new TypeError(`The procedure ${name} ${problem}`);

/** Whether a segment stands for a field of the input. */
export const isParameter = (segment: string): boolean => segment.startsWith("{");

function routeOf(name: string, procedure: AnyTRPCProcedure, meta: OpenApiMeta): ProcedureRoute {
  const { method, path } = meta as { readonly method: unknown; readonly path: unknown };
  if (!isHttpMethod(method)) {
    throw refuse(name, `has the method ${JSON.stringify(method)}: it is GET, POST, PUT, PATCH or DELETE.`);
  }
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw refuse(name, `has the path ${JSON.stringify(path)}: a path begins with a slash.`);
  }
  if (procedure._def.type === "subscription") {
    throw refuse(name, "is a subscription: plain HTTP serves queries and mutations.");
  }
  const segments = path.replace(/^\/|\/$/g, "").split("/");
  const wrong = segments.find((one) => /[{}?#]/.test(one) && !/^\{\w+\}$/.test(one));
  if (wrong !== undefined) {
    throw refuse(
      name,
      `has the segment ${wrong} in its path ${path}: a parameter is a whole segment, {name}.`,
    );
  }
  const reserved = reservedPaths.find(
    (one) => path.toLowerCase() === one || path.toLowerCase().startsWith(`${one}/`),
  );
  if (reserved !== undefined) {
    throw refuse(name, `has the path ${path}: ${reserved} is the server's own, give the procedure another.`);
  }
  const input = inputOf(procedure, () => {
    throw refuse(name, "has an input that is no zod schema: plain HTTP and OpenAPI need one.");
  });
  const fields = fieldsOf(input);
  const parameters = segments.filter(isParameter).map((one) => one.slice(1, -1));
  for (const [at, parameter] of parameters.entries()) {
    if (!Object.hasOwn(fields, parameter)) {
      throw refuse(name, `has {${parameter}} in its path ${path}, and its input has no field ${parameter}.`);
    }
    if (parameters.indexOf(parameter) !== at) {
      throw refuse(name, `has {${parameter}} twice in its path ${path}.`);
    }
  }
  const isInQuery = method === "GET" || method === "DELETE";
  if (isInQuery && input !== undefined && Object.keys(fields).length === 0 && !isEmpty(input)) {
    throw refuse(
      name,
      `takes an input that is no object of fields, which ${method} cannot say in an address.`,
    );
  }
  return { name, procedure, meta, segments, parameters, input, fields };
}

/** What a procedure takes: several inputs are one object. `onOther` is called for an input that is no zod schema. */
export function inputOf({ _def }: AnyTRPCProcedure, onOther?: () => never): z.ZodType | undefined {
  const { inputs = [] } = _def as unknown as { readonly inputs?: readonly unknown[] };
  const schemas = inputs.filter((input) => input instanceof z.ZodType);
  if (schemas.length < inputs.length) onOther?.();
  const [first, ...more] = schemas;
  return first === undefined
    ? undefined
    : more.reduce<z.ZodType>((all, one) => z.intersection(all, one), first);
}

/** The fields of an object's schema, or of several that have to hold together; none of anything else. */
function fieldsOf(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodIntersection) {
    const { left, right } = schema.def as unknown as { readonly left: z.ZodType; readonly right: z.ZodType };
    return { ...fieldsOf(left), ...fieldsOf(right) };
  }
  // What a schema is before it is transformed, and inside of what makes it optional.
  const { in: before, innerType } = (schema?.def ?? {}) as unknown as {
    readonly in?: z.ZodType;
    readonly innerType?: z.ZodType;
  };
  const inner = before ?? innerType;
  return inner === undefined ? {} : fieldsOf(inner);
}

/** Whether a schema takes an object without fields, or nothing at all. */
const isEmpty = (schema: z.ZodType): boolean =>
  schema.safeParse(undefined).success || schema.safeParse({}).success;

function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (const [at, segment] of a.entries()) {
    const difference = Number(isParameter(segment)) - Number(isParameter(b[at] ?? ""));
    if (difference !== 0) return difference;
  }
  return 0;
}
