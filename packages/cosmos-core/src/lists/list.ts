import type { Json } from "@cosmos-trpc/base";
import type { Cursors } from "../cursors/cursor.ts";
import { cursorKeyId } from "../cursors/cursorKey.ts";
import { compileFilter, compilePath, createParameters, queryProblems } from "../definition/compileFilter.ts";
import { type AnyDefinition, type ItemBase, partitionKeyPaths } from "../definition/containerDefinition.ts";
import { definitionPath } from "../definition/containerPath.ts";
import type { Documents } from "../definition/document.ts";
import { type FilterNode, readFilter } from "../definition/filter.ts";
import { type PartitionKeyPrefixValues, partitionKeyPrefixReader } from "../definition/itemKey.ts";
import { type OrderTerm, readOrder } from "../definition/ordering.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import type { FieldProblem } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import type { OperationOptions } from "../points/pointStore.ts";
import type { Container } from "../sdk/client.ts";
import { readIndexMetrics } from "../sdk/indexMetrics.ts";
import type { RangeReader } from "../sdk/partitionRanges.ts";
import { type PageOptions, type QueryPage, type QuerySpec, queryPage } from "../sdk/queryPage.ts";
import { compileAfter, compileOrder, compileSame } from "./compileOrder.ts";
import { type BudgetLeft, defaultListBudget, type ListBudget, startBudget } from "./listBudget.ts";
import { type AnyListRequest, type ListResult, maxListLimit } from "./listRequest.ts";
import { readGroup } from "./orderedGroup.ts";
import { type OrderPosition, readOrderedPage, readPosition, writePosition } from "./orderedPage.ts";

/** What a list needs of its store. */
export interface ListSource<Item extends ItemBase> {
  readonly container: Container;
  readonly definition: AnyDefinition;
  readonly documents: Documents<Item>;
  readonly cursors: Cursors;
  readonly ranges: RangeReader;
  /** What a page may take: {@link defaultListBudget} when left out. */
  readonly budget?: ListBudget;
}

const defaultLimit = 100;

/** Makes a store's `list`. */
export function createList<Item extends ItemBase>(source: ListSource<Item>) {
  const { definition, documents, cursors, budget: allowed = defaultListBudget } = source;
  const readPrefix = partitionKeyPrefixReader(definition);
  const partitionKey = partitionKeyPaths(definition).map(definitionPath);
  const tieBreak: OrderTerm[][] = [["id"], ...partitionKey].map((path) => [{ path, isDescending: false }]);

  return async function list(
    request: AnyListRequest = {},
    { signal }: OperationOptions = {},
  ): Promise<ListResult<Item>> {
    const { limit = defaultLimit, cursor, explain: isExplained = false } = request;
    const { filter, order, prefix } = readRequest(definition, request, limit, readPrefix(request.pk));
    const query = ["list", prefix.values, request.where ?? null, request.orderBy ?? []];
    const state = cursor === undefined ? undefined : await cursors.read(query, cursor);

    const budget = startBudget(allowed);
    let requestCharge = 0;
    let metrics: string | undefined;
    const run: RunPage = async (spec, options) => {
      const page = await queryPage(source.container, spec, {
        ...options,
        partitionKey: prefix.isWhole ? prefix.values : undefined,
        isExplained,
        signal,
      });
      requestCharge += page.requestCharge;
      metrics ??= page.indexMetrics;
      return page;
    };
    const where = (write: Write): string[] => [
      compileFilter(filter, write),
      // A whole key is named beside the query.
      ...(prefix.isWhole
        ? []
        : prefix.values.map((value, at) => `${compilePath(partitionKey[at] ?? [])} = ${write(value)}`)),
    ];

    const levels = [
      order,
      ...tieBreak.filter(([term]) => !isFixed(term, order, prefix.isWhole, partitionKey)),
    ];
    const page =
      order.length === 0
        ? await readUnordered({ run, where, limit, budget }, state as string | undefined)
        : await readOrdered(
            { run, where, limit, budget },
            { levels, ranges: prefix.isWhole ? undefined : source.ranges, ...allowed },
            state,
          );

    const next = page.next === undefined ? undefined : await cursors.write(query, page.next);
    return {
      ...documents.readAll(page.documents),
      ...(next === undefined ? {} : { cursor: next }),
      requestCharge,
      ...(isExplained ? { explain: readIndexMetrics(metrics) } : {}),
    };
  };
}

type Write = ReturnType<typeof createParameters>["write"];

type Where = (write: Write) => string[];

type RunPage = (
  spec: QuerySpec,
  options: Pick<PageOptions, "maxItemCount" | "continuationToken" | "range">,
) => Promise<QueryPage>;

interface Found {
  readonly documents: readonly ItemDefinition[];
  readonly next: Json | undefined;
}

/** Whether a tie-breaking path decides nothing: it is in the order already, or in a whole partition key. */
const isFixed = (
  term: OrderTerm | undefined,
  order: readonly OrderTerm[],
  isWhole: boolean,
  partitionKey: readonly (readonly string[])[],
): boolean => {
  const text = term?.path.join("\0");
  return (
    order.some(({ path }) => path.join("\0") === text) ||
    (isWhole && partitionKey.some((path) => path.join("\0") === text))
  );
};

function readRequest(
  definition: AnyDefinition,
  { where, orderBy }: AnyListRequest,
  limit: number,
  prefix: PartitionKeyPrefixValues | FieldProblem[],
): { filter: FilterNode; order: OrderTerm[]; prefix: PartitionKeyPrefixValues } {
  const filter = readFilter(definition, where);
  const order = orderBy === undefined ? [] : readOrder(definition, orderBy);
  const within = (name: string, problems: readonly FieldProblem[]): FieldProblem[] =>
    problems.map(({ path, message }) => ({ path: path === "" ? name : `${name}.${path}`, message }));
  const problems = [
    ...(Array.isArray(filter) ? within("where", filter) : []),
    ...within(
      "orderBy",
      order.filter((part) => "message" in part),
    ),
    ...(Number.isInteger(limit) && limit >= 1 && limit <= maxListLimit
      ? []
      : [{ path: "limit", message: `has to be a whole number from 1 to ${maxListLimit}` }]),
    ...(Array.isArray(prefix) ? prefix : []),
  ];
  if (problems.length > 0) throw invalidInput(problems);
  return {
    filter: filter as FilterNode,
    order: order as OrderTerm[],
    prefix: prefix as PartitionKeyPrefixValues,
  };
}

/** The store's own document is no item. */
const isItem = ({ id }: ItemDefinition): boolean => id !== cursorKeyId;

function toQuery(where: Where, more: (write: Write) => string[], order: string): QuerySpec {
  const { list, write } = createParameters();
  const conditions = [...where(write), ...more(write)].filter((condition) => condition !== "true");
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const query = `SELECT * FROM c${filter}${order === "" ? "" : ` ORDER BY ${order}`}`;
  const spec = { query, parameters: list };
  const problems = queryProblems(spec);
  if (problems.length > 0) throw invalidInput(problems);
  return spec;
}

/** What fills a page. */
interface Filling {
  readonly run: RunPage;
  readonly where: Where;
  readonly limit: number;
  readonly budget: BudgetLeft;
}

/** In the service's own order, which its continuation goes on in. */
async function readUnordered(
  { run, where, limit, budget }: Filling,
  from: string | undefined,
): Promise<Found> {
  const spec = toQuery(where, () => [], "");
  const documents: ItemDefinition[] = [];
  let continuationToken = from;
  // The service may answer empty pages of a long scan.
  do {
    const page = await run(spec, { maxItemCount: limit - documents.length, continuationToken });
    const found = page.documents.filter(isItem);
    budget.hold(found);
    documents.push(...found);
    continuationToken = page.continuationToken;
    if (continuationToken === undefined || continuationToken === "") return { documents, next: undefined };
  } while (documents.length < limit && budget.takeRequest());
  return { documents, next: continuationToken };
}

/** In the order of an index, each physical partition's put together with the others'. */
async function readOrdered(
  { run, where, limit, budget }: Filling,
  {
    levels,
    ranges,
    maxScansLength,
  }: {
    readonly levels: readonly (readonly OrderTerm[])[];
    readonly ranges: RangeReader | undefined;
    readonly maxScansLength: number;
  },
  from: Json | undefined,
): Promise<Found> {
  const position =
    from === undefined ? undefined : readPosition(from as unknown as ReturnType<typeof writePosition>);
  const page = await readOrderedPage(
    levels,
    limit,
    position,
    (at, count) => {
      const terms = levels[at.level] ?? [];
      const spec = toQuery(where, (write) => within(levels, at, write), compileOrder(terms));
      return readGroup({
        terms,
        count,
        scans: at.scans ?? {},
        maxScansLength,
        budget,
        ranges,
        isItem,
        run: (options) => run(spec, options),
      });
    },
    budget.isSpent,
  );
  return { documents: page.documents, next: page.next === undefined ? undefined : writePosition(page.next) };
}

function within(
  levels: readonly (readonly OrderTerm[])[],
  { level, fixed, after }: OrderPosition,
  write: Write,
): string[] {
  const conditions = fixed.map((values, at) => compileSame(levels[at] ?? [], values, write));
  return after === undefined
    ? conditions
    : [...conditions, `(${compileAfter(levels[level] ?? [], after, write)})`];
}
