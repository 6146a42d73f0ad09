import { InputError } from "../errors.ts";
import type { RoleGrant } from "./roles.ts";

/** Roles of the account that a principal has: by id or name for the whole account, or with a scope. */
export type RoleGrants = readonly (string | RoleGrant)[];

interface PrincipalOptions {
  /** What {@link Directory} finds it by, beside its ids. */
  readonly name?: string;
  /** Its object id: what roles are assigned to. Kept in the data folder from the first start when it is left out. */
  readonly principalId?: string;
  /** Its roles in the Cosmos DB account; none when left out. */
  readonly roles?: RoleGrants;
  /** The `roles` claim of its tokens: app roles of the API that is tested. */
  readonly appRoles?: readonly string[];
  /** The object ids of its groups: the `groups` claim. Roles can be assigned to a group, too. */
  readonly groups?: readonly string[];
}

/** A managed identity that App Service's identity endpoint hands out tokens for. */
export interface ManagedIdentityOptions extends PrincipalOptions {
  /** The application's id: `AZURE_CLIENT_ID` names a user-assigned identity by it. */
  readonly clientId?: string;
}

/** An application that signs in with a secret of its own. */
export interface ServicePrincipalOptions extends PrincipalOptions {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A person of the test tenant. */
export interface UserOptions extends PrincipalOptions {
  /** The user principal name: `ada@example.com`. */
  readonly username: string;
  /** Without one the user cannot sign in; tokens can still be issued for it. */
  readonly password?: string;
}

/** A principal of the tenant. */
export interface DirectoryEntry {
  readonly kind: "managedIdentity" | "servicePrincipal" | "user";
  readonly objectId: string;
  /** The display name. */
  readonly name: string;
  /** The application's id; users have none. */
  readonly clientId?: string | undefined;
  /** The user principal name; applications have none. */
  readonly username?: string | undefined;
  /** The client secret or the password. */
  readonly secret?: string | undefined;
  readonly appRoles: readonly string[];
  readonly groups: readonly string[];
}

/** The tenant's principals. */
export interface Directory {
  list(): readonly DirectoryEntry[];
  /** The managed identities, the system-assigned one first. */
  managedIdentities(): readonly (DirectoryEntry & { clientId: string })[];
  /** Finds by object id, client id, user name or name, in any case. */
  find(text: string): DirectoryEntry | undefined;
  add(entry: DirectoryEntry): DirectoryEntry;
  remove(entry: DirectoryEntry): void;
}

export function createDirectory(): Directory {
  const entries: DirectoryEntry[] = [];
  const namesOf = ({ objectId, clientId, username, name }: DirectoryEntry): string[] =>
    [objectId, clientId, username, name]
      .filter((text) => text !== undefined)
      .map((text) => text.toLowerCase());
  return {
    list: () => [...entries],
    managedIdentities: () =>
      entries.filter(
        (entry): entry is DirectoryEntry & { clientId: string } =>
          entry.kind === "managedIdentity" && entry.clientId !== undefined,
      ),
    find(text) {
      const wanted = text.toLowerCase();
      return entries.find((entry) => namesOf(entry).includes(wanted));
    },
    add(entry) {
      const names = namesOf(entry);
      const taken = entries.flatMap(namesOf).find((name) => names.includes(name));
      if (taken !== undefined) throw new InputError(`There is a principal '${taken}' already.`);
      entries.push(entry);
      return entry;
    },
    remove(entry) {
      const index = entries.indexOf(entry);
      if (index !== -1) entries.splice(index, 1);
    },
  };
}

/** An object id as Entra ID has them. */
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The object id of a principal by what people call it. A GUID that nobody has may be a group's and stands for itself. */
export function objectIdOf(directory: Directory, text: string): string {
  const found = directory.find(text)?.objectId;
  if (found !== undefined) return found;
  if (guid.test(text)) return text.toLowerCase();
  throw new InputError(`There is no principal '${text}', and it is no object id.`);
}
