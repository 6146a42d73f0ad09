import type { Answer } from "./answer.ts";
import { isSameText } from "./isSameText.ts";
import type { IdentityHandler } from "./openId.ts";
import { accessTokenClaims } from "./tokens.ts";

/** How long a managed identity's token lives, in seconds: a day, as in Azure. */
const tokenLifetime = 24 * 60 * 60;

/**
 * App Service's managed identity protocol.
 * Source: Learn, "How to use managed identities for App Service: REST endpoint reference"; `@azure/msal-node`,
 * ManagedIdentitySources/AppService.
 */
export const managedIdentityToken: IdentityHandler = async (
  { issuer, directory, secret },
  request,
  query,
) => {
  if (!isSameText(String(request.headers["x-identity-header"] ?? ""), secret)) {
    return failure(401, "The X-IDENTITY-HEADER header does not carry this endpoint's secret.");
  }
  const resource = query.get("resource");
  if (resource === null || resource === "") return failure(400, "The query parameter 'resource' is missing.");
  if (query.get("api-version") === null) {
    return failure(400, "The query parameter 'api-version' is missing: 2019-08-01.");
  }
  const clientId = query.get("client_id");
  const principalId = query.get("principal_id") ?? query.get("object_id");
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
  const claims = accessTokenClaims(identity, { audience: resource, version: "1.0" });
  return {
    status: 200,
    body: {
      access_token: await issuer.sign(claims, tokenLifetime),
      client_id: identity.clientId,
      expires_on: String(expires),
      resource,
      token_type: "Bearer",
    },
  };
};

const failure = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, message },
});
