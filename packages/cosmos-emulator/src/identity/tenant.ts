import {
  createDirectory,
  type Directory,
  type DirectoryEntry,
  type ManagedIdentityOptions,
  objectIdOf,
  type RoleGrants,
  type ServicePrincipalOptions,
  type UserOptions,
} from "./directory.ts";
import { builtInRoleIds, type RoleDefinition } from "./roleDefinitions.ts";
import { createRoles, type RoleCheck, type Roles } from "./roles.ts";

/** Who there is, and what they may do. */
export interface TenantOptions {
  /**
   * The managed identities: the first is the system-assigned one, the others are user-assigned and named by their
   * `clientId`. Default: one, which has Cosmos DB Built-in Data Contributor on the account.
   */
  readonly identities?: readonly ManagedIdentityOptions[];
  /** Applications that sign in with a client secret. */
  readonly servicePrincipals?: readonly ServicePrincipalOptions[];
  /** Test users. */
  readonly users?: readonly UserOptions[];
  /** Roles beside the two built-in ones. */
  readonly roleDefinitions?: readonly RoleDefinition[];
}

/** The principals and their roles, which can be changed while the emulator runs. */
export interface Tenant {
  readonly directory: Directory;
  readonly roles: Roles & RoleCheck;
  addIdentity(options: ManagedIdentityOptions): DirectoryEntry;
  addServicePrincipal(options: ServicePrincipalOptions): DirectoryEntry;
  addUser(options: UserOptions): DirectoryEntry;
}

/**
 * @param kept the id kept in the data folder under a name, made the first time
 */
export function createTenant(options: TenantOptions, kept: (name: string) => string): Tenant {
  const directory = createDirectory();
  const roles = createRoles((name) => objectIdOf(directory, name));

  function add(entry: DirectoryEntry, grants: RoleGrants | undefined): DirectoryEntry {
    directory.add(entry);
    try {
      for (const grant of grants ?? []) {
        roles.assign({ ...(typeof grant === "string" ? { role: grant } : grant), principal: entry.objectId });
      }
    } catch (error) {
      // All of it or nothing.
      roles.unassignAll(entry.objectId);
      directory.remove(entry);
      throw error;
    }
    return entry;
  }

  const tenant: Tenant = {
    directory,
    roles,
    addIdentity({ name, clientId, principalId, roles: grants, appRoles = [], groups = [] }) {
      const isFirst = directory.managedIdentities().length === 0;
      const key = clientId ?? name ?? `identity-${directory.managedIdentities().length}`;
      return add(
        {
          kind: "managedIdentity",
          name: name ?? (isFirst ? "system-assigned identity" : `identity ${key}`),
          clientId: clientId ?? kept(isFirst ? "client" : `client:${key}`),
          objectId: principalId ?? kept(isFirst ? "principal" : `principal:${key}`),
          appRoles,
          groups,
        },
        grants,
      );
    },
    addServicePrincipal({ clientId, clientSecret, principalId, roles: grants, ...rest }) {
      return add(
        {
          kind: "servicePrincipal",
          name: rest.name ?? `application ${clientId}`,
          clientId,
          secret: clientSecret,
          objectId: principalId ?? kept(`principal:${clientId}`),
          appRoles: rest.appRoles ?? [],
          groups: rest.groups ?? [],
        },
        grants,
      );
    },
    addUser({ username, password, principalId, roles: grants, ...rest }) {
      return add(
        {
          kind: "user",
          name: rest.name ?? username,
          username,
          secret: password,
          objectId: principalId ?? kept(`principal:${username}`),
          appRoles: rest.appRoles ?? [],
          groups: rest.groups ?? [],
        },
        grants,
      );
    },
  };

  options.roleDefinitions?.forEach(roles.define);
  const identities = options.identities ?? [{ roles: [builtInRoleIds.dataContributor] }];
  identities.forEach(tenant.addIdentity);
  options.servicePrincipals?.forEach(tenant.addServicePrincipal);
  options.users?.forEach(tenant.addUser);
  return tenant;
}
