import type { JsonObject } from "../json.ts";
import { limits } from "../limits.ts";
import { badRequest } from "../serviceError.ts";

/**
 * Refuses content that is nested deeper than the service takes. It has to come before anything recursive is done with
 * the content: `JSON.parse` takes any depth, `JSON.stringify` runs out of stack.
 */
export function checkNesting(content: JsonObject): void {
  let level: unknown[] = [content];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.nestingDepth) {
      throw badRequest(`The content is nested deeper than ${limits.nestingDepth} levels.`);
    }
    level = level.flatMap((value) =>
      Object.values(value as object).filter((child) => typeof child === "object" && child !== null),
    );
  }
}
