export type { Json } from "@cosmos-trpc/base";
export type { BulkOptions, BulkProgress, BulkResult } from "./bulk/bulk.ts";
export type {
  AnyDefinition,
  ContainerDefinition,
  ItemBase,
  OrderKey,
  PartitionKeyPaths,
  Upgrade,
} from "./definition/containerDefinition.ts";
export type { DeclaredQuery } from "./definition/defineContainer.ts";
export type { ReadCounts, Stored, UnfitDocument } from "./definition/document.ts";
export type { EntityTypes, TypesOf } from "./definition/entityTypes.ts";
export type { Conditions } from "./definition/filter.ts";
export type { ItemKey, KeyOf, PartitionKeyPrefix, PartitionKeyValue } from "./definition/itemKey.ts";
export type { OrderPathOf, SingleOrdering } from "./definition/ordering.ts";
export type { FieldProblem, Reason, StoreErrorDetails } from "./errors/errors.ts";
export type { ChangesPage, ChangesRequest } from "./feed/changesRequest.ts";
export type { Item } from "./item.ts";
export type { ListRequest, ListResult } from "./lists/listRequest.ts";
export { type OpenContainer, type OpenContainerOptions, openContainer } from "./openContainer.ts";
export type { CoalescingLimits } from "./points/coalescingLimits.ts";
export {
  type GetAnswer,
  type GetManyOptions,
  type ItemResult,
  maxGetManyBytes,
  type OperationOptions,
  type PatchOptions,
  type PointStore,
  type WriteOptions,
} from "./points/pointStore.ts";
export * from "./schema.ts";
export { createCosmosClient, createCredential } from "./sdk/client.ts";
export type { CosmosConfiguration, CosmosOptions } from "./sdk/endpoint.ts";
export { ensureContainer } from "./sdk/ensureContainer.ts";
export type { IndexKey, IndexUse } from "./sdk/indexMetrics.ts";
export type { Store } from "./store.ts";
