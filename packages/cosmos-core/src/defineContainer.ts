import type { IndexingPolicy } from "@azure/cosmos";
import type { z } from "zod";

/** What every item of a container has: its id. */
export interface ItemBase {
  readonly id: string;
}

/** A container as a value: what infrastructure makes and the server checks. */
export interface ContainerDefinition<Schema extends z.ZodType<ItemBase> = z.ZodType<ItemBase>> {
  /** The container's name. */
  readonly id: string;
  /** The path of the partition key: `/pk`. */
  readonly partitionKey: `/${string}`;
  /** What its items are. */
  readonly schema: Schema;
  /** The indexing policy; the service's default indexes every path. */
  readonly indexing?: IndexingPolicy;
  /** The default time to live in seconds; -1 lets items live for ever unless they say otherwise; absent: TTL is off. */
  readonly ttl?: number;
}

/** Defines a container. It does nothing but keep the schema's type: `openContainer` goes to Cosmos DB. */
export function defineContainer<const Schema extends z.ZodType<ItemBase>>(
  definition: ContainerDefinition<Schema>,
): ContainerDefinition<Schema> {
  return definition;
}
