import type { z } from "zod";
import type { IndexingPolicy } from "./serviceTypes.ts";

type Direction = "asc" | "desc";

/** One key of an order: a path and its direction. */
export type OrderKey<Path extends string = string> = readonly [path: Path, direction: Direction];

/** An order: one key, or several, the first of which counts most. */
export type Ordering = readonly OrderKey[];

/** What every item of a container has: its id. */
export interface ItemBase {
  readonly id: string;
}

type Path = `/${string}`;

/** The path of the partition key, `/pk`; of a hierarchical one, two or three: `["/tenant", "/user"]`. */
export type PartitionKeyPaths = Path | readonly [Path] | readonly [Path, Path] | readonly [Path, Path, Path];

/** A step from one version of a schema to the next: what an item as it was becomes. */
export type Upgrade = (item: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** A container as a value: what infrastructure makes and the server checks. */
export interface ContainerDefinition<
  Schema extends z.ZodType<ItemBase> = z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths = PartitionKeyPaths,
  Orders extends Ordering = Ordering,
> {
  /** The container's name. */
  readonly id: string;
  readonly partitionKey: Paths;
  /** What its items are. */
  readonly schema: Schema;
  /** The indexing policy; without one, and without `queries`, every path is indexed, as the service does by itself. */
  readonly indexing?: IndexingPolicy;
  /** The default time to live in seconds; -1 lets items live for ever unless they say otherwise; absent: TTL is off. */
  readonly ttl?: number;
  /** The schema's version, 1 when it is absent. Raise it when items in the old form do not fit the schema any more. */
  readonly version?: number;
  /** The steps from version 1 to 2, from 2 to 3, and so on up to `version`. */
  readonly upgrades?: readonly Upgrade[];
  /** Only a type: the orders that the index serves. */
  readonly orders?: Orders;
}

/** Any container's definition, for what asks only for its structure. */
export type AnyDefinition = ContainerDefinition<z.ZodType<ItemBase>>;

/** The paths of a definition's partition key, as the service has them. */
export const partitionKeyPaths = ({
  partitionKey,
}: Pick<AnyDefinition, "partitionKey">): readonly string[] =>
  typeof partitionKey === "string" ? [partitionKey] : partitionKey;
