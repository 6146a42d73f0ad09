import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { limits } from "../limits.ts";
import { badRequest } from "../serviceError.ts";

/**
 * Refuses content that is nested deeper than the service takes, and numbers like `1e400` that `JSON.parse` reads as
 * infinite: `JSON.stringify` would make null of them. It has to come before anything recursive is done with
 * the content: `JSON.parse` takes any depth, `JSON.stringify` runs out of stack.
 */
export function checkNesting(content: JsonObject): void {
  let level: unknown[] = [content];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.nestingDepth) {
      throw badRequest(`The content is nested deeper than ${limits.nestingDepth} levels.`);
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
