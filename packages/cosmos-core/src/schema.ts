/**
 * What of this package does without the SDK: schemas, errors, the environment. A server answers its health check with
 * these loaded, while the SDK (half a second of imports) still loads.
 */
export { defineContainer } from "./defineContainer.ts";
export {
  ConfigurationError,
  cosmosEnvironment,
  parseEnvironment,
  readCosmosConfiguration,
  toCosmosConfiguration,
} from "./environment.ts";
export { reasons, StoreError } from "./errors.ts";
export {
  itemFields,
  itemId,
  itemKey,
  itemPartitionKey,
  itemSchema,
  items,
  withPartitionKey,
} from "./item.ts";
