/**
 * What of this package does without the SDK: schemas, errors, the environment. A server answers its health check with
 * these loaded, while the SDK (half a second of imports) still loads.
 */
export { changesLimits, type Since } from "./changesRequest.ts";
export { defineContainer } from "./defineContainer.ts";
export {
  ConfigurationError,
  cosmosEnvironment,
  parseEnvironment,
  readCosmosConfiguration,
  toCosmosConfiguration,
} from "./environment.ts";
export { reasons, StoreError } from "./errors.ts";
export { bareEtag } from "./etag.ts";
export { type Filter, filterLimits, filterSchema } from "./filter.ts";
export { fieldProblems } from "./invalidInput.ts";
export {
  itemFields,
  itemId,
  itemKey,
  itemPartitionKey,
  itemSchema,
  items,
  withPartitionKey,
} from "./item.ts";
export {
  keySchema,
  type PartitionKeyField,
  partitionKeyFields,
  scopeFilter,
  scopeSchema,
} from "./keySchema.ts";
export { listLimit, maxListLimit } from "./listLimits.ts";
export { type Ordering, orderBySchema } from "./ordering.ts";
export { type Patch, patchSchema } from "./patch.ts";
