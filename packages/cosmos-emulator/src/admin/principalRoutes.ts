import { type FieldReader, listOf, readFields, text } from "../fields.ts";
import type {
  DirectoryEntry,
  ManagedIdentityOptions,
  ServicePrincipalOptions,
  UserOptions,
} from "../identity/directory.ts";
import type { RoleGrant } from "../identity/roles.ts";
import type { Tenant } from "../identity/tenant.ts";
import type { Route } from "./route.ts";

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

/** Managed identities, applications and test users. */
export const principalRoutes = (
  principals: Pick<Tenant, "addIdentity" | "addServicePrincipal" | "addUser">,
): readonly Route[] => [
  {
    method: "POST",
    path: "/identities",
    status: 201,
    run: ({ body }) =>
      shown(principals.addIdentity(readFields<ManagedIdentityOptions>(body, { ...common, clientId: text }))),
  },
  {
    method: "POST",
    path: "/service-principals",
    status: 201,
    run({ body }) {
      const readers = { ...common, clientId: text, clientSecret: text };
      const options = readFields<ServicePrincipalOptions>(body, readers, ["clientId", "clientSecret"]);
      return shown(principals.addServicePrincipal(options));
    },
  },
  {
    method: "POST",
    path: "/users",
    status: 201,
    run({ body }) {
      const readers = { ...common, username: text, password: text };
      return shown(principals.addUser(readFields<UserOptions>(body, readers, ["username"])));
    },
  },
];
