import type { Json, JsonObject, Value } from "../src/json.ts";
import { isObject } from "../src/json.ts";
import type { PartitionedQueryExecutionInfo } from "../src/plan/planQuery.ts";
import { compareValues, identityKey } from "../src/values/compareValues.ts";

/**
 * What a client does with a plan and the partitions' answers: merge by order, add up groups, drop duplicates,
 * skip and limit. It knows the documents of the wire only, as @azure/cosmos's components do.
 */
export function mergePartitions(
  plan: PartitionedQueryExecutionInfo,
  partitions: readonly (readonly Json[])[],
): Json[] {
  const { queryInfo: info } = plan;
  const isGrouping =
    info.aggregates.length > 0 || info.groupByAliases.length > 0 || info.groupByExpressions.length > 0;
  let rows: Json[] = partitions.flat();
  if (isGrouping) {
    rows = mergeGroups(plan, rows);
  } else if (info.orderBy.length > 0) {
    rows = rows
      .toSorted((left, right) => compareRows(plan, left, right))
      .map((row) => property(row, "payload"))
      .filter((row) => row !== undefined);
  }
  if (info.distinctType !== "None") {
    const keys = rows.map(identityKey);
    rows = rows.filter((_row, index) =>
      info.distinctType === "Ordered"
        ? keys[index] !== keys[index - 1]
        : keys.indexOf(keys[index] ?? "") === index,
    );
  }
  rows = info.top === null ? rows : rows.slice(0, info.top);
  return info.offset === null || info.limit === null
    ? rows
    : rows.slice(info.offset, info.offset + info.limit);
}

function property(row: Value, name: string): Value {
  return isObject(row) && Object.hasOwn(row, name) ? row[name] : undefined;
}

function compareRows({ queryInfo }: PartitionedQueryExecutionInfo, left: Json, right: Json): number {
  const keysOf = (row: Json) => property(row, "orderByItems") as Json[];
  for (const [index, direction] of queryInfo.orderBy.entries()) {
    const sign = compareValues(property(keysOf(left)[index], "item"), property(keysOf(right)[index], "item"));
    if (sign !== 0) return direction === "Descending" ? -sign : sign;
  }
  return 0;
}

function mergeGroups({ queryInfo }: PartitionedQueryExecutionInfo, rows: readonly Json[]): Json[] {
  const groups = new Map<string, Json[]>();
  for (const row of rows) {
    const key = identityKey(property(row, "groupByItems"));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const merged = [...groups.values()].map((group): Value => {
    if (queryInfo.hasSelectValue) {
      const payloads = group.map((row) =>
        queryInfo.groupByExpressions.length > 0 ? property(row, "payload") : row,
      );
      const [type] = queryInfo.aggregates;
      return type === undefined
        ? payloads[0]
        : mergeAggregate(
            type,
            payloads.map((payload) => (payload as Json[])[0]),
          );
    }
    const result: Record<string, Json> = {};
    for (const alias of queryInfo.groupByAliases) {
      const type = queryInfo.groupByAliasToAggregateType[alias] ?? null;
      const parts = group.map((row) => property(property(row, "payload"), alias));
      const value = type === null ? parts[0] : mergeAggregate(type, parts);
      if (value !== undefined) {
        result[alias] = value;
      }
    }
    return result satisfies JsonObject;
  });
  return merged.filter((row) => row !== undefined);
}

function mergeAggregate(type: string, parts: readonly Value[]): Value {
  const items = parts.map((part) => property(part, "item"));
  const details = parts.map((part) => property(part, "item2"));
  const sum = (values: readonly Value[]) =>
    values.every((value) => typeof value === "number")
      ? values.reduce((left, right) => left + right, 0)
      : undefined;
  switch (type) {
    case "Average": {
      const total = sum(items.map((item) => property(item, "sum")));
      const count = sum(items.map((item) => property(item, "count"))) ?? 0;
      return total === undefined || count === 0 ? undefined : total / count;
    }
    case "Min":
    case "Max": {
      const filled = details.filter((detail) => property(detail, "count") !== 0);
      const values = filled.map((detail) => property(detail, type.toLowerCase()));
      const sorted = values.toSorted(compareValues);
      return values.includes(undefined) ? undefined : type === "Min" ? sorted[0] : sorted.at(-1);
    }
    default:
      return sum(items);
  }
}
