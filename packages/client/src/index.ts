export {
  ApiError,
  type ClientReason,
  type ErrorReason,
  type ErrorShape,
  type FieldProblem,
  isApiError,
  isPassing,
  type ServerReason,
} from "./apiError.ts";
export type { FailedCall } from "./callLink.ts";
export { type ApiClient, type ClientOptions, createApiClient } from "./createApiClient.ts";
export { type UpdatableEntity, updateItem } from "./updateItem.ts";
