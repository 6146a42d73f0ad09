export type { Emulator, EmulatorOptions } from "./emulator.ts";
export { InputError, StartError } from "./errors.ts";
export type { Fault, FaultMatch, FaultOptions } from "./faults/fault.ts";
export type { Faults } from "./faults/faults.ts";
export type {
  DirectoryEntry,
  ManagedIdentityOptions,
  RoleGrants,
  ServicePrincipalOptions,
  UserOptions,
} from "./identity/directory.ts";
export { builtInRoleIds, type RoleDefinition } from "./identity/roleDefinitions.ts";
export type { RoleAssignment, RoleGrant, Roles } from "./identity/roles.ts";
export type { TokenOptions } from "./identity/tokens.ts";
export type { Outage, RegionOptions, RegionState, Regions } from "./regions/regions.ts";
export type { PartitionSplit, SplitRequest } from "./splitPartition.ts";
export { startEmulator } from "./startEmulator.ts";
