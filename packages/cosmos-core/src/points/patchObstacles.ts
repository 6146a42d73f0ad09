import { type JsonPath, parsePath, pathText, valueAt } from "@cosmos-trpc/base";
import type { PatchOperation } from "../definition/serviceTypes.ts";
import type { FieldProblem } from "../errors/errors.ts";

/**
 * What of an item keeps changes of it from being made, where the service refuses them: it makes no path but a last
 * name, appends to what is there only, and removes only what is there. Source: Learn, "Partial document update,
 * supported operations".
 */
export const patchObstacles = (item: unknown, steps: readonly PatchOperation[]): FieldProblem[] =>
  steps.flatMap((step) => {
    const path = parsePath(step.path) as JsonPath;
    const isAppended = step.op === "add" && path.at(-1) === "-";
    const target = isAppended ? path.slice(0, -1) : path;
    const message = isAppended ? appending(item, target) : changing(item, target, step.op);
    const kind = isAppended ? "append" : step.op === "incr" ? "increment" : step.op;
    return message === undefined ? [] : [{ path: `${kind}.${pathText(target)}`, message }];
  });

function appending(item: unknown, path: JsonPath): string | undefined {
  const value = valueAt(item, path);
  if (Array.isArray(value)) return undefined;
  return value === undefined
    ? "is not there to append to: set it to an array instead"
    : "is no array of this item";
}

function changing(item: unknown, path: JsonPath, op: string): string | undefined {
  const value = valueAt(item, path);
  if (op === "remove") return value === undefined ? "is not there to be removed" : undefined;
  if (op === "incr" && value !== undefined && typeof value !== "number") return "is no number of this item";
  const outer = path.length === 1 ? item : valueAt(item, path.slice(0, -1));
  if (typeof outer !== "object" || outer === null)
    return "is in what is not there: set that as a whole instead";
  const isPlace =
    !Array.isArray(outer) || (/^\d+$/.test(path.at(-1) ?? "") && Number(path.at(-1)) <= outer.length);
  return isPlace ? undefined : `is no place of an array of ${outer.length} elements`;
}
