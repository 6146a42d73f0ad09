import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import type { Directory } from "./directory.ts";
import type { Issuer } from "./issuer.ts";
import { createTokenEndpoint } from "./tokenEndpoint.ts";

/**
 * What Entra ID serves below a tenant's path: the OpenID documents of both versions, the keys, and the token endpoint.
 * Source: Learn, "OpenID Connect on the Microsoft identity platform".
 *
 * @param base the origin that it is served at: MSAL wants the issuer to be where it found the document
 */
export function createTenantEndpoint(
  issuer: Issuer,
  directory: Directory,
  base: string,
): (request: IncomingMessage, pathname: string) => Promise<Answer> | undefined {
  const path = `/${issuer.tenantId}`;
  const root = `${base}${path}`;
  const tokenEndpoint = createTokenEndpoint(issuer, directory, `${root}/v2.0`);

  const discovery = (issuedAs: string, keys: string): object => ({
    issuer: issuedAs,
    token_endpoint: `${root}/oauth2/v2.0/token`,
    // Nobody signs in by a page here; clients want the entry all the same.
    authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
    jwks_uri: `${root}${keys}`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    grant_types_supported: ["client_credentials", "password", "refresh_token"],
    response_types_supported: ["token", "id_token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    claims_supported: [
      "sub",
      "iss",
      "aud",
      "exp",
      "iat",
      "nbf",
      "tid",
      "oid",
      "ver",
      "preferred_username",
      "name",
    ],
  });

  const get = async (pathname: string): Promise<Answer | undefined> => {
    switch (pathname) {
      case `${path}/.well-known/openid-configuration`:
        return { status: 200, body: discovery(issuer.url, "/discovery/keys") };
      case `${path}/v2.0/.well-known/openid-configuration`:
        return { status: 200, body: discovery(`${root}/v2.0`, "/discovery/v2.0/keys") };
      case `${path}/discovery/keys`:
      case `${path}/discovery/v2.0/keys`:
        return { status: 200, body: await issuer.jwks() };
      default:
        return undefined;
    }
  };

  return (request, pathname) => {
    if (!pathname.startsWith(`${path}/`)) return undefined;
    const isToken = pathname === `${path}/oauth2/v2.0/token`;
    if (request.method !== (isToken ? "POST" : "GET")) {
      return Promise.resolve(failure(405, `${request.method} is not served here.`));
    }
    if (isToken) return tokenEndpoint(request);
    return get(pathname).then((answer) => answer ?? failure(404, `Nothing is served at ${pathname}.`));
  };
}

const failure = (status: number, message: string): Answer => ({
  status,
  body: { error: "invalid_request", error_description: message },
});
