export { type BackOff, backOff, jitteredBackOff } from "./backOff.ts";
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
