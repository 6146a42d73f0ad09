import type { Account } from "../account.ts";
import { type Call, pathOf } from "../http/call.ts";
import type { Operation } from "../operations/operation.ts";
import { ServiceError } from "../serviceError.ts";
import type { Principal } from "./authenticate.ts";
import { fullName } from "./roleDefinitions.ts";
import { anywhere, type Resource, type RoleCheck } from "./roles.ts";

const learnMore = "Learn more: https://aka.ms/cosmos-native-rbac.";

/**
 * Refuses what a principal may not do. The key may do everything. A token may do what its roles' data actions allow;
 * what has no data action (to make a database or a container) no token can do.
 * Source: Learn, "Data plane role-based access control" and "Troubleshoot forbidden exceptions"; for the messages and
 * the substatus, Azure/azure-cosmos-dotnet-v3, issues 2891 and 3638, and dotnet/efcore, issue 32197.
 */
export function authorize(
  principal: Principal,
  operation: Operation,
  account: Account,
  call: Call,
  roles: RoleCheck,
): void {
  if (principal.kind === "key") return;
  const { dataAction } = operation;
  if (dataAction === null) {
    throw new ServiceError(
      403,
      `Request blocked by Auth ${account.id} : The given request [${call.method} ${pathOf(call)}] cannot be authorized by AAD token in data plane. ${learnMore}`,
      { substatus: 5300 },
    );
  }
  const ids = [principal.objectId, ...principal.groups];
  const resource = resourceOf(account, call);
  // A client reads the account before all else, so a role on one container has to be enough for it.
  const where = call.target.type === "" ? anywhere : resource;
  for (const action of operation.dataActions?.(call) ?? [dataAction]) {
    if (roles.isAllowed(ids, action, where)) continue;
    throw new ServiceError(
      403,
      `Request blocked by Auth ${account.id} : Request is blocked because principal [${principal.objectId}] does not have required RBAC permissions to perform action [${fullName(action)}] on resource [${nameOf(resource)}]. ${learnMore} This could be because the user's group memberships were not present in the AAD token.`,
      { substatus: 5301 },
    );
  }
}

/** The database or container that a call is about, by names: the path may have resource ids. */
function resourceOf({ store: { catalog } }: Account, { target: { ids } }: Call): Resource {
  if (ids.dbs === undefined) return {};
  const database = catalog.findDatabase(ids.dbs);
  if (database === undefined || ids.colls === undefined) {
    return { database: database?.id ?? ids.dbs, container: ids.colls };
  }
  return { database: database.id, container: catalog.findContainer(database, ids.colls)?.id ?? ids.colls };
}

function nameOf({ database, container }: Resource): string {
  if (database === undefined) return "/";
  return container === undefined ? `dbs/${database}` : `dbs/${database}/colls/${container}`;
}
