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
export { type ApiClient, type ClientOptions, createApiClient, type FailedCall } from "./createApiClient.ts";
export { type UpdatableEntity, updateItem } from "./updateItem.ts";
