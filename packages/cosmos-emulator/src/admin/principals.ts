import { type FieldReader, listOf, readFields, text } from "../fields.ts";
import type {
  DirectoryEntry,
  ManagedIdentityOptions,
  ServicePrincipalOptions,
  UserOptions,
} from "../identity/directory.ts";
import type { RoleGrant } from "../identity/roles.ts";
import type { AdminHandler } from "./route.ts";

const grant: FieldReader<string | RoleGrant> = (value, name) =>
  typeof value === "string"
    ? text(value, name)
    : readFields<RoleGrant>(value, { role: text, scope: text }, ["role"]);

/** What all principals have. */
const common = {
  name: text,
  principalId: text,
  roles: listOf(grant),
  appRoles: listOf(text),
  groups: listOf(text),
} as const;

/** An answer never shows a secret. */
const shown = ({ secret: _, ...entry }: DirectoryEntry): object => entry;

export const addIdentity: AdminHandler = ({ principals }, { body }) => {
  const read = { ...common, clientId: text };
  return shown(principals.addIdentity(readFields<ManagedIdentityOptions>(body, read)));
};

export const addServicePrincipal: AdminHandler = ({ principals }, { body }) => {
  const read = { ...common, clientId: text, clientSecret: text };
  const options = readFields<ServicePrincipalOptions>(body, read, ["clientId", "clientSecret"]);
  return shown(principals.addServicePrincipal(options));
};

export const addUser: AdminHandler = ({ principals }, { body }) => {
  const read = { ...common, username: text, password: text };
  return shown(principals.addUser(readFields<UserOptions>(body, read, ["username"])));
};
