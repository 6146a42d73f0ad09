export type { BulkOptions, BulkProgress, BulkResult } from "./bulk.ts";
export type { ChangesPage, ChangesRequest } from "./changes.ts";
export { createCosmosClient } from "./client.ts";
export type { CoalescingLimits } from "./coalescingLimits.ts";
export { createCredential } from "./credential.ts";
export type {
  AnyDefinition,
  ContainerDefinition,
  DeclaredQuery,
  ItemBase,
  PartitionKeyPaths,
  Upgrade,
} from "./defineContainer.ts";
export type { Stored } from "./document.ts";
export type { Endpoint } from "./endpoint.ts";
export { ensureContainer } from "./ensureContainer.ts";
export type { CosmosConfiguration } from "./environment.ts";
export type { FieldProblem, Reason, StoreErrorDetails } from "./errors.ts";
export type { Conditions } from "./filter.ts";
export type { IndexKey, IndexUse } from "./indexMetrics.ts";
export type { Item, Json } from "./item.ts";
export type { ItemKey, KeyOf, PartitionKeyValue, Scope } from "./itemKey.ts";
export type { ListRequest, ListResult } from "./list.ts";
export { type OpenContainer, type OpenContainerOptions, openContainer } from "./openContainer.ts";
export type { OrderKey, OrderPathOf, SingleOrdering } from "./ordering.ts";
export {
  type GetAnswer,
  type GetManyOptions,
  type ItemResult,
  maxGetManyBytes,
  type OperationOptions,
  type PatchOptions,
  type PointStore,
  type WriteOptions,
} from "./pointStore.ts";
export * from "./schema.ts";
export type { Store } from "./store.ts";
