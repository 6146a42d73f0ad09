import { isWithin, type JsonPath, parsePath, type ScalarKind } from "@cosmos-trpc/base";
import type { z } from "zod";
import {
  type AnyDefinition,
  type ContainerDefinition,
  type ItemBase,
  type PartitionKeyPaths,
  partitionKeyPaths,
} from "./containerDefinition.ts";
import { definitionPath, definitionPathText } from "./containerPath.ts";
import { type FieldShape, shapeAt } from "./fieldShape.ts";
import type { PathOf } from "./fieldTypes.ts";
import type { ItemOrderings } from "./indexedPaths.ts";
import { isIndexed, policyFor } from "./indexingPolicy.ts";
import { isTimePath, type OrderPathOf, type OrderTerm } from "./ordering.ts";
import type { IndexingPolicy } from "./serviceTypes.ts";
import { schemaProblems } from "./storableSchema.ts";

/** A query that an application makes: the paths that it filters by, and its order. */
export interface DeclaredQuery<Item = unknown> {
  /** Paths of items, `data.size`; that of an array stands for its elements. */
  readonly where?: readonly (PathOf<Item> | "_ts")[];
  readonly orderBy?: readonly (readonly [path: OrderPathOf<Item>, direction: "asc" | "desc"])[];
}

/** What {@link defineContainer} takes: a definition, or the queries that it has to serve. */
export type ContainerInput<
  Schema extends z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths,
  Indexing extends IndexingPolicy | undefined,
  Queries extends readonly DeclaredQuery<z.output<Schema>>[] | undefined,
> = Omit<ContainerDefinition<Schema, Paths>, "indexing" | "orders" | "ttl"> & {
  /** The indexing policy, where `queries` cannot say it: as the service has it. */
  readonly indexing?: Indexing;
  /** The queries that the application makes. The indexing policy is derived from them: what they need and no more. */
  readonly queries?: Queries;
} & TimeToLive<z.output<Schema>>;

/** A schema with a `ttl` needs TTL to be on in the container: without it the service ignores what items say. */
type TimeToLive<Item> = Item extends { readonly ttl?: infer Seconds }
  ? number extends Exclude<Seconds, undefined>
    ? { readonly ttl: number }
    : { readonly ttl?: number }
  : { readonly ttl?: number };

/**
 * Defines a container. It goes nowhere: `openContainer` goes to Cosmos DB.
 *
 * @throws TypeError when the definition contradicts itself: the sentence names what
 * @example
 * const orders = defineContainer({
 *   id: "orders",
 *   partitionKey: "/customer",
 *   schema: z.strictObject({ id: z.string(), customer: z.string(), total: z.number() }),
 *   queries: [{ where: ["total"], orderBy: [["total", "desc"]] }],
 * });
 */
export function defineContainer<
  const Schema extends z.ZodType<ItemBase>,
  const Paths extends PartitionKeyPaths,
  const Indexing extends IndexingPolicy | undefined = undefined,
  const Queries extends readonly DeclaredQuery<z.output<Schema>>[] | undefined = undefined,
>(
  input: ContainerInput<Schema, Paths, Indexing, Queries>,
): ContainerDefinition<Schema, Paths, ItemOrderings<z.output<Schema>, Indexing, Queries>> {
  const { queries, ...definition } = input as unknown as AnyDefinition & {
    readonly queries?: readonly DeclaredQuery[];
  };
  const refuse = (problem: string): TypeError => new TypeError(`The container ${input.id} ${problem}`);
  const [unstorable] = schemaProblems(input.schema);
  if (unstorable !== undefined) throw refuse(unstorable);
  checkServiceFields(input.schema, refuse);
  checkKey(definition, refuse);
  checkNumbers(definition, refuse);
  if (queries !== undefined && definition.indexing !== undefined) {
    throw refuse("has both `queries` and `indexing`: the policy is derived from the one or is the other.");
  }
  const indexing =
    queries === undefined
      ? definition.indexing
      : policyFor(
          queries.map((query) => readQuery(input.schema, query, refuse)),
          partitionKeyPaths(definition).map((path) => definitionPathText(definitionPath(path))),
        );
  return { ...definition, ...(indexing === undefined ? {} : { indexing }) } as ReturnType<
    typeof defineContainer<Schema, Paths, Indexing, Queries>
  >;
}

type Refuse = (problem: string) => TypeError;

/** The fields to which the service itself gives a meaning. */
function checkServiceFields(schema: z.ZodType, refuse: Refuse): void {
  const id = shapeAt(schema, ["id"]);
  if (id === undefined || !(id.isOpen || isOnly(id, "string"))) {
    const what = id === undefined ? "no field id" : "a field id that may be something else than a string";
    throw refuse(`has a schema with ${what}: it names each item, so declare it as z.string().`);
  }
  const ttl = shapeAt(schema, ["ttl"]);
  if (ttl !== undefined && !ttl.isOpen && !isOnly(ttl, "number")) {
    throw refuse(
      "has the field ttl, in which something else than a number may be: Cosmos DB takes it for the seconds until the item is deleted. Declare it as z.int(), or give yours another name.",
    );
  }
}

/** Whether a field may have scalars of one kind, and nothing else. */
const isOnly = ({ scalars, elements, isObject }: FieldShape, kind: ScalarKind): boolean =>
  scalars.size === 1 && scalars.has(kind) && elements === undefined && !isObject;

function checkKey(
  { partitionKey, schema }: Pick<AnyDefinition, "partitionKey" | "schema">,
  refuse: Refuse,
): void {
  const paths = partitionKeyPaths({ partitionKey });
  const names = paths.map(definitionPath);
  const isNested = names.some((path, at) => names.some((other, of) => at !== of && isWithin(path, other)));
  if (paths.length < 1 || paths.length > 3 || isNested) {
    throw refuse("needs one to three different partition key paths, none within another.");
  }
  for (const path of paths) {
    const shape = shapeAt(schema, definitionPath(path));
    if (!path.startsWith("/") || shape === undefined || shape.scalars.size === 0) {
      throw refuse(
        `has the partition key path ${path}, at which its schema has no string, number or boolean.`,
      );
    }
  }
}

function checkNumbers(
  { ttl, version = 1, upgrades = [] }: Pick<AnyDefinition, "ttl" | "version" | "upgrades">,
  refuse: Refuse,
): void {
  const isSeconds = (value: number): boolean =>
    Number.isInteger(value) && value > 0 && value <= 2_147_483_647;
  if (ttl !== undefined && ttl !== -1 && !isSeconds(ttl)) {
    throw refuse(`has a ttl of ${ttl}: it is a whole number of seconds, 1 to 2147483647, or -1 for ever.`);
  }
  if (!Number.isInteger(version) || version < 1) throw refuse(`has the version ${version}: it is 1 or more.`);
  if (upgrades.length !== version - 1) {
    throw refuse(
      `has the version ${version} and ${upgrades.length} upgrades: it needs ${version - 1}, one a version.`,
    );
  }
}

function readQuery(
  schema: z.ZodType<ItemBase>,
  { where = [], orderBy = [] }: DeclaredQuery,
  refuse: Refuse,
): { where: string[]; order: OrderTerm[] } {
  const read = (text: string): JsonPath => {
    const path = parsePath(text);
    if (typeof path === "string") throw refuse(`declares a query by ${text}, which ${path}.`);
    if (!isTimePath(path) && shapeAt(schema, path) === undefined) {
      throw refuse(`declares a query by ${text}, which its schema does not have.`);
    }
    return path;
  };
  return {
    where: where.map(read).flatMap((path) => patternsOf(schema, path)),
    order: orderBy.map(([path, direction]) => ({
      path: read(path),
      isDescending: direction === "desc",
    })),
  };
}

/** The index patterns of a path that filters use: the value's, its elements', all of what is below. */
function patternsOf(schema: z.ZodType<ItemBase>, path: JsonPath): string[] {
  if (isIndexed({ includedPaths: [], excludedPaths: [] }, path)) return [];
  const text = definitionPathText(path);
  const shape = shapeAt(schema, path);
  if (shape?.isOpen === true || shape?.isObject === true) return [`${text}/*`];
  if (shape?.elements === undefined) return [`${text}/?`];
  const elements = shape.elements.isObject || shape.elements.isOpen ? `${text}/[]/*` : `${text}/[]/?`;
  return shape.scalars.size > 0 ? [`${text}/?`, elements] : [elements];
}
