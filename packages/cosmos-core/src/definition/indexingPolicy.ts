import { isWithin, type JsonPath } from "@cosmos-trpc/base";
import { definitionPath, definitionPathText } from "./containerPath.ts";
import type { IndexingPolicy } from "./serviceTypes.ts";

/** A key of an order, by the path that a stored document has it at. */
interface Term {
  readonly path: JsonPath;
  readonly isDescending: boolean;
}

/** Paths that are indexed whatever the policy says, while there is an index. Source: Learn, "Indexing policies". */
const alwaysIndexed = new Set(["id", "_ts"]);

/** What a definition that says nothing has: every path. */
const everything: IndexingPolicy = { includedPaths: [{ path: "/*" }], excludedPaths: [] };

/**
 * Whether a policy indexes the value at a path: of the patterns that cover it the most precise decides, `?` over `*`,
 * an included one over an excluded one. Source: Learn, "Indexing policies, include/exclude precedence".
 */
export function isIndexed(policy: IndexingPolicy = everything, path: JsonPath): boolean {
  if (policy.indexingMode === "none") return false;
  if (path.length === 1 && alwaysIndexed.has(path[0] ?? "")) return true;
  const best = (patterns: readonly { readonly path?: string | undefined }[] = []): number =>
    Math.max(-1, ...patterns.map((pattern) => precision(pattern.path ?? "", path)));
  const included = best(policy.includedPaths);
  return included >= 0 && included >= best(policy.excludedPaths);
}

function precision(pattern: string, path: JsonPath): number {
  const end = pattern.slice(-1);
  const names = definitionPath(pattern.slice(0, -2));
  const covers = isWithin(path, names) && (end === "*" || names.length === path.length);
  return covers ? names.length * 2 + (end === "?" ? 1 : 0) : -1;
}

/** Whether an index gives an order: that of its one path, or a composite index of all of them, turned or not. */
export function isOrderServed(policy: IndexingPolicy | undefined, terms: readonly Term[]): boolean {
  const [first] = terms;
  if (first === undefined) return true;
  if (terms.length === 1) return isIndexed(policy, first.path);
  return (policy?.compositeIndexes ?? []).some((index) => {
    if (index.length !== terms.length) return false;
    const turns = terms.map(({ path, isDescending }, at) => {
      const key = index[at];
      if (key === undefined || definitionPath(key.path).join("\0") !== path.join("\0")) return undefined;
      return isDescending !== (key.order === "descending");
    });
    return turns[0] !== undefined && turns.every((turn) => turn === turns[0]);
  });
}

/**
 * The policy that queries need and no more: the paths that they filter and sort by, the partition key's, and a
 * composite index for each order by several paths. A path is included by itself, since only then items without it are
 * in an order by it. Source: Learn, "ORDER BY (NoSQL query), remarks".
 */
export function policyFor(
  queries: readonly { readonly where: readonly string[]; readonly order: readonly Term[] }[],
  partitionKey: readonly string[],
): IndexingPolicy {
  const sorted = queries
    .flatMap(({ order }) => order.map(({ path }) => `${definitionPathText(path)}/?`))
    .filter((pattern) => pattern !== "/_ts/?" && pattern !== "/id/?");
  const included = new Set([
    ...partitionKey.map((path) => `${path}/?`),
    ...queries.flatMap(({ where }) => where),
    ...sorted,
  ]);
  const composite = new Map(
    queries
      .filter(({ order }) => order.length > 1)
      .map(({ order }) => {
        const index = order.map(({ path, isDescending }) => ({
          path: definitionPathText(path),
          order: isDescending ? ("descending" as const) : ("ascending" as const),
        }));
        return [canonical(order), index] as const;
      }),
  );
  return {
    indexingMode: "consistent",
    automatic: true,
    includedPaths: Array.from(included, (path) => ({ path })),
    excludedPaths: [{ path: "/*" }],
    ...(composite.size === 0 ? {} : { compositeIndexes: [...composite.values()] }),
  };
}

/** The same text for an order and its reverse: one index serves both. */
const canonical = (order: readonly Term[]): string =>
  JSON.stringify(order.map(({ path, isDescending }) => [path, isDescending !== order[0]?.isDescending]));
