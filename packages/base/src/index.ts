export { type BackOff, backOff, jitteredBackOff } from "./backOff.ts";
export { type FieldProblem, fieldProblems, maxNamedFields } from "./fieldProblems.ts";
export { idProblems, maxIdBytes, maxPartitionKeyBytes, partitionKeyProblems } from "./idRules.ts";
export { type InOrderLimits, inOrder } from "./inOrder.ts";
export {
  isJson,
  isJsonObject,
  isRecord,
  type Json,
  type JsonProblem,
  type JsonRules,
  jsonProblem,
  maxJsonDepth,
} from "./json/json.ts";
export {
  isWithin,
  type JsonPath,
  jsonPointer,
  parsePath,
  pathText,
  pointerNames,
  putAt,
  valueAt,
} from "./json/jsonPath.ts";
export {
  type FoundNumber,
  parseJson,
  type UnsafeNumber,
  UnsafeNumberError,
  unsafeNumbers,
} from "./json/parseJson.ts";
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
export { pause } from "./pause.ts";
