export { createCosmosClient } from "./client.ts";
export type { CoalescingLimits } from "./coalescingLimits.ts";
export { createCredential } from "./credential.ts";
export { type ContainerDefinition, defineContainer, type ItemBase } from "./defineContainer.ts";
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
export { type OpenContainer, type OpenContainerOptions, openContainer } from "./openContainer.ts";
export type { ItemKey } from "./pointOperation.ts";
export type { ItemResult, OperationOptions, Store, Stored, WriteOptions } from "./store.ts";
