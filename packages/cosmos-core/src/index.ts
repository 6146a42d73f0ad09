export type { BulkOptions, BulkProgress, BulkResult } from "./bulk.ts";
export type { ChangesPage, ChangesRequest } from "./changes.ts";
export { changesLimits, type Since } from "./changesRequest.ts";
export { createCosmosClient } from "./client.ts";
export type { CoalescingLimits } from "./coalescingLimits.ts";
export { createCredential } from "./credential.ts";
export {
  type AnyDefinition,
  type ContainerDefinition,
  type DeclaredQuery,
  defineContainer,
  type ItemBase,
  type PartitionKeyPaths,
  type Upgrade,
} from "./defineContainer.ts";
export type { Stored } from "./document.ts";
export type { Endpoint } from "./endpoint.ts";
export { ensureContainer } from "./ensureContainer.ts";
export {
  ConfigurationError,
  type CosmosConfiguration,
  cosmosEnvironment,
  parseEnvironment,
  readCosmosConfiguration,
  toCosmosConfiguration,
} from "./environment.ts";
export { type FieldProblem, type Reason, reasons, StoreError, type StoreErrorDetails } from "./errors.ts";
export { type Conditions, type Filter, filterLimits, filterSchema } from "./filter.ts";
export type { IndexKey, IndexUse } from "./indexMetrics.ts";
export {
  type Item,
  itemFields,
  itemId,
  itemKey,
  itemPartitionKey,
  itemSchema,
  items,
  type Json,
  withPartitionKey,
} from "./item.ts";
export type { ItemKey, KeyOf, PartitionKeyValue, Scope } from "./itemKey.ts";
export {
  keySchema,
  type PartitionKeyField,
  partitionKeyFields,
  scopeFilter,
  scopeSchema,
} from "./keySchema.ts";
export type { ListRequest, ListResult } from "./list.ts";
export { listLimit, maxListLimit } from "./listLimits.ts";
export { type OpenContainer, type OpenContainerOptions, openContainer } from "./openContainer.ts";
export {
  type Ordering,
  type OrderKey,
  type OrderPathOf,
  orderBySchema,
  type SingleOrdering,
} from "./ordering.ts";
export { type Patch, patchSchema } from "./patch.ts";
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
export type { Store } from "./store.ts";
