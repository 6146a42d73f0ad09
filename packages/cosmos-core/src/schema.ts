/**
 * What of this package does without the SDK: schemas, errors, the endpoint. A server answers its health check with
 * these loaded, while the SDK (half a second of imports) still loads.
 */

export { maxCursorLength } from "./cursors/cursor.ts";
export type { Ordering } from "./definition/containerDefinition.ts";
export { defineContainer } from "./definition/defineContainer.ts";
export { describeContainer } from "./definition/describeContainer.ts";
export { bareEtag } from "./definition/etag.ts";
export { type Filter, filterLimits, filterOperators, filterSchema } from "./definition/filter.ts";
export {
  keySchema,
  type PartitionKeyField,
  partitionKeyFields,
  partitionKeyPrefixFilter,
  partitionKeyPrefixSchema,
} from "./definition/keySchema.ts";
export { orderBySchema } from "./definition/ordering.ts";
export { type Patch, patchSchema } from "./definition/patch.ts";
export { type FailureCode, failureCodes, reasons, StoreError } from "./errors/errors.ts";
export { problemsSentence } from "./errors/invalidInput.ts";
export type { Since } from "./feed/changesRequest.ts";
export {
  itemFields,
  itemId,
  itemKey,
  itemPartitionKey,
  itemSchema,
  items,
  withPartitionKey,
} from "./item.ts";
export { listLimit, maxListLimit } from "./lists/listRequest.ts";
export { type Endpoint, parseEndpoint } from "./sdk/endpoint.ts";
