import { randomUUID } from "node:crypto";
import { InputError } from "../errors.ts";
import { allows, builtInRoles, checkRoleDefinition, type RoleDefinition } from "./roleDefinitions.ts";

/** A role that a principal has, and where. */
export interface RoleAssignment {
  readonly id: string;
  /** The object id of a principal or a group. */
  readonly principalId: string;
  readonly roleDefinitionId: string;
  /** `/`, `/dbs/{name}` or `/dbs/{name}/colls/{name}`. */
  readonly scope: string;
}

/** A role to give: its id or its name, and the scope it holds in. */
export interface RoleGrant {
  readonly role: string;
  /** `/`, the default, is the whole account; `/dbs/{name}` a database, `/dbs/{name}/colls/{name}` a container. */
  readonly scope?: string;
}

/**
 * The account's role-based access. It can be changed while the emulator runs, and holds for the very next request:
 * unlike the service's, which takes minutes. What is defined and assigned is kept for the next start.
 */
export interface Roles {
  definitions(): readonly RoleDefinition[];
  /** Adds a role, or replaces the one with its id. */
  define(role: Omit<RoleDefinition, "id"> & { readonly id?: string }): RoleDefinition;
  /** Removes a role that is not built in and that nobody has. */
  removeDefinition(id: string): void;
  assignments(): readonly RoleAssignment[];
  /** Gives a role to a principal: its object id, its client id or its name. */
  assign(grant: RoleGrant & { readonly principal: string; readonly id?: string }): RoleAssignment;
  /** Takes an assignment back, by its id. */
  unassign(id: string): void;
  /** Takes all of a principal's assignments back. */
  unassignAll(principal: string): void;
}

/** The part of {@link Roles} that requests are checked with. */
export interface RoleCheck {
  /** Whether one of the principals has an action at a resource: at `anywhere`, in any scope. */
  isAllowed(
    principalIds: readonly string[],
    dataAction: string,
    resource: Resource | typeof anywhere,
  ): boolean;
}

/** A database or a container by names; neither for the account. */
export interface Resource {
  readonly database?: string | undefined;
  readonly container?: string | undefined;
}

/** Any scope will do. */
export const anywhere = Symbol("anywhere");

/**
 * @param resolvePrincipal the object id of a principal by what people call it
 */
export function createRoles(resolvePrincipal: (name: string) => string): Roles & RoleCheck {
  const definitions = new Map<string, RoleDefinition>(builtInRoles.map((role) => [role.id, role]));
  const assignments = new Map<string, RoleAssignment & { readonly resource: Resource }>();

  function findDefinition(idOrName: string): RoleDefinition {
    const wanted = idOrName.slice(idOrName.lastIndexOf("/") + 1).toLowerCase();
    const found = [...definitions.values()].find(
      ({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === idOrName.toLowerCase(),
    );
    if (found === undefined) {
      const names = [...definitions.values()].map(({ name }) => name).join(", ");
      throw new InputError(`There is no role '${idOrName}': there are ${names}.`);
    }
    return found;
  }

  return {
    definitions: () => [...definitions.values()],
    define({ id = randomUUID(), ...rest }) {
      if (builtInRoles.some((role) => role.id === id)) {
        throw new InputError(`The role ${id} is built in and cannot be changed.`);
      }
      const role = checkRoleDefinition({ id, ...rest });
      definitions.set(id, role);
      return role;
    },
    removeDefinition(idOrName) {
      const { id, name } = findDefinition(idOrName);
      if (builtInRoles.some((role) => role.id === id)) {
        throw new InputError(`The role '${name}' is built in and cannot be removed.`);
      }
      if (assignments.values().some(({ roleDefinitionId }) => roleDefinitionId === id)) {
        throw new InputError(`The role '${name}' is assigned: take its assignments back first.`);
      }
      definitions.delete(id);
    },
    assignments: () => [...assignments.values()].map(({ resource: _, ...assignment }) => assignment),
    assign({ principal, role, scope = "/", id = randomUUID() }) {
      const assignment = {
        id,
        principalId: resolvePrincipal(principal),
        roleDefinitionId: findDefinition(role).id,
        scope,
      };
      assignments.set(id, { ...assignment, resource: parseScope(scope) });
      return assignment;
    },
    unassign(id) {
      if (!assignments.delete(id)) throw new InputError(`There is no role assignment '${id}'.`);
    },
    unassignAll(principal) {
      const principalId = resolvePrincipal(principal);
      for (const [id, assignment] of assignments) {
        if (assignment.principalId === principalId) assignments.delete(id);
      }
    },
    isAllowed(principalIds, dataAction, resource) {
      for (const { principalId, roleDefinitionId, resource: scope } of assignments.values()) {
        if (!principalIds.includes(principalId)) continue;
        if (resource !== anywhere && !covers(scope, resource)) continue;
        const role = definitions.get(roleDefinitionId);
        if (role !== undefined && allows(role, dataAction)) return true;
      }
      return false;
    },
  };
}

const covers = (scope: Resource, { database, container }: Resource): boolean =>
  (scope.database === undefined || scope.database === database) &&
  (scope.container === undefined || scope.container === container);

/**
 * Reads a scope. The long form that Azure's resource manager has, `/subscriptions/…/databaseAccounts/{name}/dbs/a`,
 * is read from the account's name on. Source: Learn, "Data plane role-based access control", assignment scopes.
 */
function parseScope(text: string): Resource {
  const path = text.replace(/^\/subscriptions\/.*\/databaseAccounts\/[^/]+/i, "");
  if (path === "" || path === "/") return {};
  const match = /^\/dbs\/([^/]+)(?:\/colls\/([^/]+))?\/?$/.exec(path);
  if (match === null) {
    throw new InputError(
      `The scope '${text}' is none of '/', '/dbs/{database}', '/dbs/{database}/colls/{container}'.`,
    );
  }
  return { database: match[1], container: match[2] };
}
