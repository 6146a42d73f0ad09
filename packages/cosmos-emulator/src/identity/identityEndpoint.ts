import type { IncomingMessage, ServerResponse } from "node:http";
import { adminPath } from "../admin/adminEndpoint.ts";
import { identityRoutes } from "../routes.ts";
import { type Answer, sendWhenReady } from "./answer.ts";
import type { IdentityService } from "./openId.ts";

/** Answers what is below a path of its own; `undefined` for other paths. */
type Part = (request: IncomingMessage, pathname: string) => Promise<Answer> | undefined;

/**
 * The plain HTTP listener: App Service's managed identity protocol, what Entra ID serves for the tenant, and the
 * administrative endpoint.
 */
export function createIdentityEndpoint(
  service: IdentityService,
  tenant: Part,
  admin: (request: IncomingMessage, pathname: string) => Promise<Answer>,
  onFault: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  function answer(request: IncomingMessage): Promise<Answer> {
    // A request's target may be anything that HTTP lets through, and is no URL by itself.
    const url = URL.parse(`http://localhost${request.url ?? "/"}`);
    if (url === null) return Promise.resolve(failure(400, "The request's target is not a path."));
    const { pathname, searchParams } = url;
    const [method, , handler] = identityRoutes.find(([, path]) => path === pathname) ?? [];
    if (handler !== undefined) {
      if (request.method === method) return handler(service, request, searchParams);
      return Promise.resolve(failure(405, `Only ${method} is served here.`));
    }
    if (pathname.startsWith(`${adminPath}/`)) return admin(request, pathname);
    return tenant(request, pathname) ?? Promise.resolve(failure(404, `Nothing is served at ${pathname}.`));
  }

  return (request, response) => sendWhenReady(response, answer(request), onFault);
}

const failure = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, message },
});
