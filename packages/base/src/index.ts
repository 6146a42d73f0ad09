export { type BackoffLimits, backoff, pause } from "./backoff.ts";
export { isJson, isJsonObject, isRecord, type Json, maxJsonDepth } from "./json/json.ts";
export {
  isWithin,
  type JsonPath,
  jsonPointer,
  parsePath,
  pathText,
  putAt,
  valueAt,
} from "./json/jsonPath.ts";
export { parseJson, type UnsafeNumber, UnsafeNumberError } from "./json/parseJson.ts";
export type {
  ColumnManifest,
  ContainerManifest,
  EntityManifest,
  FilterPathManifest,
  JsonSchema,
  KeyFieldManifest,
  Manifest,
  ProcedureManifest,
  ScalarKind,
} from "./manifest.ts";
