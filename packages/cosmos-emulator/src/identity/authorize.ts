import type { Call } from "../http/call.ts";
import type { Operation } from "../operations/operation.ts";
import { ServiceError } from "../serviceError.ts";
import type { Principal } from "./principal.ts";

/**
 * Refuses what a principal may not do. The key may do everything. A token may do what its roles' data actions allow;
 * what has no data action (to make a database or a container) no token can do.
 * Source: Learn, "Data plane role-based access control" and "Troubleshoot forbidden exceptions".
 */
export function authorize(principal: Principal, operation: Operation, call: Call): void {
  if (principal.kind === "key" || operation.dataAction !== null) return;
  throw new ServiceError(
    403,
    `Request blocked by Auth: The given request [${call.method} /${call.target.type}] cannot be authorized by AAD token in data plane. Learn more: https://aka.ms/cosmos-native-rbac.`,
    { substatus: 5300 },
  );
}
