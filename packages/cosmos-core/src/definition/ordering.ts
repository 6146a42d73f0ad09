import { fieldProblems, type JsonPath, parsePath } from "@cosmos-trpc/base";
import { z } from "zod";
import type { FieldProblem } from "../errors/errors.ts";
import type { AnyDefinition, Ordering, OrderKey } from "./containerDefinition.ts";
import { shapeAt } from "./fieldShape.ts";
import type { ScalarPathOf } from "./fieldTypes.ts";
import { isOrderServed } from "./indexingPolicy.ts";

/** The paths that can be sorted by: scalars, and the time of the last write. */
export type OrderPathOf<Item> = ScalarPathOf<Item> | "_ts";

/** Every order by one path of an item: what a container that indexes all its paths serves. */
export type SingleOrdering<Path extends string> = readonly [OrderKey<Path>];

/** The same order the other way round, which the same composite index serves. */
export type Reversed<Order extends Ordering> = {
  readonly [Index in keyof Order]: readonly [Order[Index][0], Order[Index][1] extends "asc" ? "desc" : "asc"];
};

/** A key of an order as queries are compiled from it. */
export interface OrderTerm {
  readonly path: JsonPath;
  readonly isDescending: boolean;
}

/** Whether a path is that of the time of the last write, which every item has. */
export const isTimePath = (path: JsonPath): boolean => path.length === 1 && path[0] === "_ts";

/** Keys that one order may have. Source: Learn, "Indexing policies": a composite index has up to 8 paths. */
const maxOrderKeys = 8;

const orderShape = z
  .array(z.tuple([z.string(), z.enum(["asc", "desc"], 'has to be "asc" or "desc"')]))
  .max(maxOrderKeys, `has more than ${maxOrderKeys} keys`);

/** Reads an order from outside. @returns its keys, or everything that is wrong with it */
export function readOrder(definition: AnyDefinition, order: unknown): OrderTerm[] | FieldProblem[] {
  const parsed = orderShape.safeParse(order);
  return parsed.success ? readKeys(definition, parsed.data) : fieldProblems(parsed.error);
}

function readKeys(definition: AnyDefinition, order: Ordering): OrderTerm[] | FieldProblem[] {
  const problems: FieldProblem[] = [];
  const terms: OrderTerm[] = [];
  for (const [index, [text, direction]] of order.entries()) {
    const path = parsePath(text);
    const refuse = (message: string): void => {
      problems.push({ path: String(index), message });
    };
    if (typeof path === "string") refuse(`has the path ${JSON.stringify(text.slice(0, 100))}, which ${path}`);
    else if (!isSortable(definition, path))
      refuse(`has the path ${JSON.stringify(text)}, which is none of an item to sort by`);
    else if (terms.some((term) => term.path.join("\0") === path.join("\0"))) {
      refuse(`has the path ${JSON.stringify(text)} for the second time`);
    } else terms.push({ path: path, isDescending: direction === "desc" });
  }
  if (problems.length > 0) return problems;
  if (isOrderServed(definition.indexing, terms)) return terms;
  const keys = order.map(([path, direction]) => `${path} ${direction}`).join(", ");
  const mend =
    terms.length === 1
      ? "the indexing policy leaves that path out: declare the query in `queries`, or include the path in `indexing`"
      : "that needs a composite index of just these paths: declare the query in `queries`";
  return [{ path: "", message: `is refused: No index serves an order by ${keys}; ${mend}` }];
}

function isSortable({ schema }: AnyDefinition, path: JsonPath): boolean {
  if (isTimePath(path)) return true;
  const shape = shapeAt(schema, path);
  return shape !== undefined && shape.scalars.size > 0;
}

/**
 * The schema of an order that comes from outside: `[["name", "asc"]]`, refused where the container's index does not
 * serve it.
 */
export function orderBySchema<Order extends Ordering>(
  definition: AnyDefinition & { readonly orders?: Order },
): z.ZodType<Order, Order> {
  return orderShape
    .superRefine((order, context) => {
      for (const problem of readKeys(definition, order)) {
        if (!("message" in problem)) return;
        context.addIssue({
          code: "custom",
          message: problem.message,
          path: problem.path === "" ? [] : [Number(problem.path)],
        });
      }
    })
    .describe("The order: paths, each with asc or desc") as unknown as z.ZodType<Order, Order>;
}
