import { InputError } from "../errors.ts";
import type { DirectoryEntry } from "./directory.ts";
import type { RoleDefinition } from "./roleDefinitions.ts";
import type { RoleAssignment } from "./roles.ts";
import type { Tenant } from "./tenant.ts";

/** A text that the data folder keeps. */
export interface KeptText {
  read(): string | undefined;
  write(text: string): void;
}

/** Principals and roles beside those that the emulator was started with. */
interface Changes {
  readonly principals: readonly DirectoryEntry[];
  readonly definitions: readonly RoleDefinition[];
  readonly assignments: readonly RoleAssignment[];
}

/**
 * Keeps what is added to a tenant from now on, and adds what was kept of earlier runs. What the tenant has by now was
 * given at the start and is given at the next: it is not kept, and counts where the two contradict each other.
 */
export function keepChanges(tenant: Tenant, kept: KeptText): Tenant {
  const { directory, roles } = tenant;
  const given = new Set([
    ...directory.list().map(({ objectId }) => objectId),
    ...roles.definitions().map(({ id }) => id),
    ...roles.assignments().map(({ id }) => id),
  ]);
  const text = kept.read();
  if (text !== undefined) restore(tenant, given, JSON.parse(text) as Changes);

  function save(): void {
    const changes: Changes = {
      principals: directory.list().filter(({ objectId }) => !given.has(objectId)),
      definitions: roles.definitions().filter(({ id }) => !given.has(id)),
      assignments: roles.assignments().filter(({ id }) => !given.has(id)),
    };
    kept.write(JSON.stringify(changes));
  }
  const saved =
    <Arguments extends unknown[], Result>(change: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      const result = change(...args);
      save();
      return result;
    };

  return {
    directory,
    roles: {
      ...roles,
      define: saved(roles.define),
      removeDefinition: saved(roles.removeDefinition),
      assign: saved(roles.assign),
      unassign: saved(roles.unassign),
      unassignAll: saved(roles.unassignAll),
    },
    addIdentity: saved(tenant.addIdentity),
    addServicePrincipal: saved(tenant.addServicePrincipal),
    addUser: saved(tenant.addUser),
  };
}

function restore({ directory, roles }: Tenant, given: ReadonlySet<string>, changes: Changes): void {
  for (const entry of changes.principals) unlessRefused(() => directory.add(entry));
  for (const role of changes.definitions) {
    if (!given.has(role.id)) unlessRefused(() => roles.define(role));
  }
  for (const { id, principalId, roleDefinitionId, scope } of changes.assignments) {
    unlessRefused(() => roles.assign({ id, principal: principalId, role: roleDefinitionId, scope }));
  }
}

/** Another start may have given a principal of the same name, or left out the role that was assigned. */
function unlessRefused(add: () => unknown): void {
  try {
    add();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}
