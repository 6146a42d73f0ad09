/**
 * The service's own forms, by the SDK's types. Rooms other than sdk/ know of the SDK nothing but these: with types alone
 * none of it is loaded.
 */
export type { IndexingPolicy, ItemDefinition, PatchOperation } from "@azure/cosmos";
