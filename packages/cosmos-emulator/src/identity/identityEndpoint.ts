import type { IncomingMessage, ServerResponse } from "node:http";
import { adminPath } from "../admin/adminEndpoint.ts";
import type { Answer } from "./answer.ts";
import type { Directory } from "./directory.ts";
import { isSameText } from "./isSameText.ts";
import type { Issuer } from "./issuer.ts";

/** How long a managed identity's token lives, in seconds: a day, as in Azure. */
const tokenLifetime = 24 * 60 * 60;

/** The path below which the managed identity protocol is served. */
export const managedIdentityPath = "/msi/token";

/**
 * The HTTP side of the identities: App Service's managed identity protocol, and the OpenID documents of the issuer.
 * Source: Learn, "How to use managed identities for App Service: REST endpoint reference"; `@azure/msal-node`,
 * ManagedIdentitySources/AppService.
 *
 * @param secret what `X-IDENTITY-HEADER` has to carry
 * @param admin what is below {@link adminPath}
 */
export function createIdentityEndpoint(
  issuer: Issuer,
  directory: Directory,
  secret: string,
  admin: (request: IncomingMessage, pathname: string) => Promise<Answer>,
  onFault: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  async function managedIdentityToken(url: URL, request: IncomingMessage): Promise<Answer> {
    if (!isSameText(String(request.headers["x-identity-header"] ?? ""), secret)) {
      return failure(401, "The X-IDENTITY-HEADER header does not carry this endpoint's secret.");
    }
    const resource = url.searchParams.get("resource");
    if (resource === null || resource === "")
      return failure(400, "The query parameter 'resource' is missing.");
    if (url.searchParams.get("api-version") === null) {
      return failure(400, "The query parameter 'api-version' is missing: 2019-08-01.");
    }
    const clientId = url.searchParams.get("client_id");
    const principalId = url.searchParams.get("principal_id") ?? url.searchParams.get("object_id");
    const identity = directory
      .managedIdentities()
      .find(
        (candidate) =>
          (clientId === null || candidate.clientId.toLowerCase() === clientId.toLowerCase()) &&
          (principalId === null || candidate.objectId.toLowerCase() === principalId.toLowerCase()),
      );
    if (identity === undefined) {
      return failure(
        400,
        "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
      );
    }
    const expires = Math.floor(Date.now() / 1000) + tokenLifetime;
    const token = await issuer.sign(
      {
        aud: resource,
        sub: identity.objectId,
        oid: identity.objectId,
        appid: identity.clientId,
        idtyp: "app",
        ...(identity.appRoles.length > 0 && { roles: identity.appRoles }),
        ...(identity.groups.length > 0 && { groups: identity.groups }),
      },
      tokenLifetime,
    );
    return {
      status: 200,
      body: {
        access_token: token,
        client_id: identity.clientId,
        expires_on: String(expires),
        resource,
        token_type: "Bearer",
      },
    };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    // A request's target may be anything that HTTP lets through, and is no URL by itself.
    const url = URL.parse(`http://localhost${request.url ?? "/"}`);
    if (url === null) return failure(400, "The request's target is not a path.");
    if (url.pathname.startsWith(`${adminPath}/`)) return admin(request, url.pathname);
    const issuerPath = new URL(issuer.url).pathname;
    if (request.method !== "GET") return failure(405, "Only GET is served here.");
    switch (url.pathname) {
      case managedIdentityPath:
        return managedIdentityToken(url, request);
      case `${issuerPath}/.well-known/openid-configuration`:
        return {
          status: 200,
          body: {
            issuer: issuer.url,
            jwks_uri: `${issuer.url}/discovery/keys`,
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: ["token"],
            subject_types_supported: ["pairwise"],
          },
        };
      case `${issuerPath}/discovery/keys`:
        return { status: 200, body: await issuer.jwks() };
      default:
        return failure(404, `Nothing is served at ${url.pathname}.`);
    }
  }

  return async (request, response) => {
    const { status, body } = await answer(request).catch((error: unknown) => {
      // A client that goes away in mid-request is no fault.
      if (!response.destroyed) onFault(error);
      return failure(500, "The emulator failed inside. Its log has the error.");
    });
    if (body === undefined) {
      response.writeHead(status).end();
      return;
    }
    const text = JSON.stringify(body);
    response
      .writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        "cache-control": "no-store",
      })
      .end(text);
  };
}

const failure = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, message },
});
