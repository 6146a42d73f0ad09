import type { IncomingMessage } from "node:http";
import { tenantRoutes } from "../routes.ts";
import type { Answer } from "./answer.ts";
import type { Directory } from "./directory.ts";
import type { Issuer } from "./issuer.ts";
import type { ServedTenant } from "./openId.ts";
import { createTokenEndpoint } from "./tokenEndpoint.ts";

/**
 * What Entra ID serves below a tenant's path.
 *
 * @param base the origin that it is served at
 */
export function createTenantEndpoint(
  issuer: Issuer,
  directory: Directory,
  base: string,
): (request: IncomingMessage, pathname: string) => Promise<Answer> | undefined {
  const path = `/${issuer.tenantId}`;
  const root = `${base}${path}`;
  const tenant: ServedTenant = {
    issuer,
    root,
    token: createTokenEndpoint(issuer, directory, `${root}/v2.0`),
  };
  return (request, pathname) => {
    if (!pathname.startsWith(`${path}/`)) return undefined;
    const route = tenantRoutes.find(([, served]) => pathname === path + served);
    const [method = "GET", , handler] = route ?? [];
    if (request.method !== method)
      return Promise.resolve(failure(405, `${request.method} is not served here.`));
    return handler?.(tenant, request) ?? Promise.resolve(failure(404, `Nothing is served at ${pathname}.`));
  };
}

const failure = (status: number, message: string): Answer => ({
  status,
  body: { error: "invalid_request", error_description: message },
});
