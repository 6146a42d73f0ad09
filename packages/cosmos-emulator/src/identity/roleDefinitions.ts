import { InputError } from "../errors.ts";
import { dataActions } from "../operations/operation.ts";

/** A set of data actions that can be assigned to principals. */
export interface RoleDefinition {
  /** A GUID in Azure; here, any text. */
  readonly id: string;
  readonly name: string;
  /** `Microsoft.DocumentDB/databaseAccounts/…`, with or without that prefix. */
  readonly dataActions: readonly string[];
}

/** What the data actions of Cosmos DB begin with. */
const prefix = "Microsoft.DocumentDB/databaseAccounts/";
const container = "sqlDatabases/containers/";

/**
 * The data actions that a role may have. A wildcard stands for the actions of one level: that of a container does not
 * cover its items. Source: Learn, "Azure Cosmos DB for NoSQL data plane security reference".
 */
const known: readonly string[] = [
  ...Object.values(dataActions),
  `${container}executeStoredProcedure`,
  `${container}manageConflicts`,
  `${container}*`,
  `${container}items/*`,
];

/** The ids of the roles that every account has. */
export const builtInRoleIds = {
  dataReader: "00000000-0000-0000-0000-000000000001",
  dataContributor: "00000000-0000-0000-0000-000000000002",
} as const;

/** The roles that every account has. Source: as above. */
export const builtInRoles: readonly RoleDefinition[] = [
  {
    id: builtInRoleIds.dataReader,
    name: "Cosmos DB Built-in Data Reader",
    dataActions: [
      dataActions.readMetadata,
      dataActions.readItem,
      dataActions.query,
      dataActions.readChangeFeed,
    ].map((action) => prefix + action),
  },
  {
    id: builtInRoleIds.dataContributor,
    name: "Cosmos DB Built-in Data Contributor",
    dataActions: [dataActions.readMetadata, `${container}*`, `${container}items/*`].map(
      (action) => prefix + action,
    ),
  },
];

/** An action's full name, as messages have it. */
export const fullName = (dataAction: string): string => prefix + dataAction;

const bare = (action: string): string =>
  action.toLowerCase().startsWith(prefix.toLowerCase()) ? action.slice(prefix.length) : action;

/** A role definition, checked, its actions spelt in full. */
export function checkRoleDefinition({ id, name, dataActions: actions }: RoleDefinition): RoleDefinition {
  if (actions.length === 0) throw new InputError(`The role '${name}' has no data actions.`);
  return {
    id,
    name,
    dataActions: actions.map((action) => {
      const found = known.find((candidate) => candidate.toLowerCase() === bare(action).toLowerCase());
      if (found === undefined) {
        throw new InputError(
          `The role '${name}' has '${action}', which is no data action: there are ${known.map(fullName).join(", ")}.`,
        );
      }
      return prefix + found;
    }),
  };
}

/** Whether a role has an action, named without its prefix. */
export function allows(role: RoleDefinition, dataAction: string): boolean {
  const wildcard = `${dataAction.slice(0, dataAction.lastIndexOf("/") + 1)}*`;
  return role.dataActions.some((action) => {
    const own = bare(action);
    return own === dataAction || own === wildcard;
  });
}
