import { badRequest } from "../serviceError.ts";
import { type CompositePath, type IndexingPolicy, isIndexed } from "./indexingPolicy.ts";

/** The paths of an ORDER BY. */
export type OrderByPaths = readonly { readonly path: readonly string[]; readonly descending: boolean }[];

/**
 * Refuses an ORDER BY that the index cannot give: by several paths without a composite index of just these, by one
 * path that is excluded. Source: Learn, "Indexing policies, ORDER BY queries on multiple properties".
 */
export function checkOrderBy(policy: IndexingPolicy, paths: OrderByPaths): void {
  const [first] = paths;
  if (first === undefined) return;
  if (paths.length === 1) {
    if (!isServedAlone(policy, first.path)) {
      throw badRequest("The index path corresponding to the specified order-by item is excluded.");
    }
  } else if (findComposite(policy, paths) === undefined) {
    throw badRequest(
      "The order by query does not have a corresponding composite index that it can be served from.",
    );
  }
}

/** `_ts` and `id` are indexed whatever the paths say, while there is an index. */
const isServedAlone = (policy: IndexingPolicy, path: readonly string[]): boolean =>
  isIndexed(policy, path) ||
  (policy.mode !== "none" && path.length === 1 && ["_ts", "id", "_rid"].includes(path[0] ?? ""));

/** The composite index that has just these paths, in the same directions or all of them turned. */
export function findComposite(
  policy: IndexingPolicy,
  paths: OrderByPaths,
): readonly CompositePath[] | undefined {
  return policy.composite.find((index) => {
    if (index.length !== paths.length) return false;
    const turned = index.map(({ names, descending }, at) => {
      const wanted = paths[at];
      const isSame = wanted !== undefined && names.join("\0") === wanted.path.join("\0");
      return isSame ? descending !== wanted.descending : undefined;
    });
    return turned[0] !== undefined && turned.every((turn) => turn === turned[0]);
  });
}
