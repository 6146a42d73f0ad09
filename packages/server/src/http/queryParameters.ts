import { parseJson, UnsafeNumberError } from "@cosmos-trpc/base";
import type { FieldProblem } from "@cosmos-trpc/cosmos-core";
import { badRequest } from "./problem.ts";

/**
 * A request's query parameters by their names.
 *
 * @throws TRPCError that names those that are not known here or come twice
 */
export function readParameters(
  query: URLSearchParams,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const problems: FieldProblem[] = [];
  for (const [name, value] of query) {
    if (!known.includes(name)) {
      const names = known.length === 0 ? "there are none here" : `known here: ${known.join(", ")}`;
      problems.push({ path: name.slice(0, 100), message: `is no parameter; ${names}` });
    } else if (parameters.has(name)) problems.push({ path: name, message: "is there twice" });
    parameters.set(name, value);
  }
  if (problems.length > 0) throw badRequest(problems.slice(0, 50));
  return parameters;
}

/** A parameter that is JSON. @throws TRPCError when it is not, or has a number that a double cannot hold */
export function readJsonParameter(name: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof UnsafeNumberError))
      throw badRequest([{ path: name, message: "is not valid JSON" }]);
    throw badRequest(
      error.numbers.map(({ path, message }) => ({ path: path === "" ? name : `${name}.${path}`, message })),
    );
  }
}

/** How JSON writes a number. */
export const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
