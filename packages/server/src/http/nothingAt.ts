import type { Entities } from "../entity/entity.ts";
import type { Answer } from "./answer.ts";
import { docsPath, restPath, trpcPath } from "./paths.ts";
import { maxShownPath, problem } from "./problem.ts";

/** What is answered where nothing is served: it says what is. */
export function nothingAt(entities: Entities, method: string | undefined, path: string): Answer {
  const places = Object.keys(entities).map((name) => `${restPath}${name}`);
  return problem(
    404,
    `Nothing is served at ${method} ${path.slice(0, maxShownPath)}: tRPC is at ${trpcPath}, plain HTTP at ${places.join(", ")}, its description at ${docsPath}.`,
    path,
  );
}
