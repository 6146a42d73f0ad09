import type { Ordering } from "./containerDefinition.ts";
import type { OrderPathOf, Reversed, SingleOrdering } from "./ordering.ts";
import type { IndexingPolicy } from "./serviceTypes.ts";

/** A declared query of any container. */
interface AnyQuery {
  readonly where?: readonly string[];
  readonly orderBy?: Ordering;
}

/** The orders that a container's index serves, from what its definition says: the rule of `isIndexed`, in types. */
export type ItemOrderings<Item, Indexing, Queries> = Queries extends readonly AnyQuery[]
  ?
      | SingleOrdering<DeclaredPath<Queries[number], OrderPathOf<Item>> | "id" | "_ts">
      | Composite<Queries[number]>
  : Indexing extends IndexingPolicy
    ? SingleOrdering<IndexedPath<OrderPathOf<Item>, Indexing> | "id" | "_ts"> | CompositeOf<Indexing>
    : SingleOrdering<OrderPathOf<Item>>;

type PathsOfOrder<Order> = Order extends readonly (readonly [infer Path, unknown])[] ? Path : never;

/** The scalar paths among those that declared queries filter or sort by. */
type DeclaredPath<Query, Known extends string> = Query extends AnyQuery
  ? Extract<
      | (Query extends { readonly where: readonly (infer Path)[] } ? Path : never)
      | (Query extends { readonly orderBy: infer Order } ? PathsOfOrder<Order> : never),
      Known
    >
  : never;

/** The declared orders by several paths, each also turned round. */
type Composite<Query> = Query extends { readonly orderBy: infer Order extends Ordering }
  ? Order extends readonly [unknown, unknown, ...unknown[]]
    ? Order | Reversed<Order>
    : never
  : never;

type PolicyPath<Paths> = Paths extends readonly { readonly path: infer Path }[] ? Path : never;

type Names<Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? [Name, ...Names<Rest>]
  : [Path];

type Slashed<Parts extends readonly string[]> = Parts extends readonly [
  infer First extends string,
  ...infer Rest extends string[],
]
  ? `/${First}${Slashed<Rest>}`
  : "";

/** The paths that a policy indexes, as far as its paths are literal. */
type IndexedPath<Path extends string, Policy extends IndexingPolicy> = Path extends string
  ? Decide<Names<Path>, PolicyPath<Policy["includedPaths"]>, PolicyPath<Policy["excludedPaths"]>> extends true
    ? Path
    : never
  : never;

type Decide<Parts extends string[], Included, Excluded> = `${Slashed<Parts>}/?` extends Included
  ? true
  : `${Slashed<Parts>}/?` extends Excluded
    ? false
    : DecideBelow<Parts, Included, Excluded>;

type DecideBelow<Parts extends string[], Included, Excluded> = `${Slashed<Parts>}/*` extends Included
  ? true
  : `${Slashed<Parts>}/*` extends Excluded
    ? false
    : Parts extends [...infer Outer extends string[], string]
      ? DecideBelow<Outer, Included, Excluded>
      : false;

type CompositeOf<Policy extends IndexingPolicy> = Policy["compositeIndexes"] extends readonly (infer Index)[]
  ? Index extends readonly { readonly path: string; readonly order: string }[]
    ? Keys<Index> extends infer Order extends Ordering
      ? Order | Reversed<Order>
      : never
    : never
  : never;

type Keys<Index extends readonly { readonly path: string; readonly order: string }[]> = {
  readonly [At in keyof Index]: readonly [
    Dotted<Index[At]["path"]>,
    Index[At]["order"] extends "descending" ? "desc" : "asc",
  ];
};

/** `/a/b` as `a.b`. */
type Dotted<Path extends string> = Path extends `/${infer Name}/${infer Rest}`
  ? `${Name}.${Dotted<`/${Rest}`>}`
  : Path extends `/${infer Name}`
    ? Name
    : never;
