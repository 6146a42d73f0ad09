export { type ClientOptions, createClient, type FailedCall, type ItemsClient } from "./createClient.ts";
export type { AppRouter, FieldProblem, Json } from "./generated/router.d.ts";
export {
  type ClientReason,
  type ErrorReason,
  type ItemsError,
  isItemsError,
  isPassing,
  type ServerReason,
} from "./itemsError.ts";
export type { Item, RouterInputs, RouterOutputs } from "./routerTypes.ts";
export { type ItemChanges, type ItemKey, updateItem } from "./updateItem.ts";
