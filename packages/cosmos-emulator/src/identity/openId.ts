import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import type { Directory } from "./directory.ts";
import type { Issuer } from "./issuer.ts";

/** What the identity service works with. */
export interface IdentityService {
  readonly issuer: Issuer;
  readonly directory: Directory;
  /** What `X-IDENTITY-HEADER` has to carry. */
  readonly secret: string;
}

/** Answers a request to the identity service. */
export type IdentityHandler = (
  service: IdentityService,
  request: IncomingMessage,
  query: URLSearchParams,
) => Promise<Answer>;

/** A tenant, as one origin serves it. */
export interface ServedTenant {
  readonly issuer: Issuer;
  /** The tenant's URL: MSAL wants the issuer to be where it found the document. */
  readonly root: string;
  /** The token endpoint. */
  token(request: IncomingMessage): Promise<Answer>;
}

/** Answers a request below a tenant's path. */
export type TenantHandler = (tenant: ServedTenant, request: IncomingMessage) => Promise<Answer>;

/** The keys that tokens are signed with. */
export const signingKeySet: TenantHandler = async ({ issuer }) => ({
  status: 200,
  body: await issuer.jwks(),
});

/**
 * The OpenID document for tokens of a version.
 * Source: Learn, "OpenID Connect on the Microsoft identity platform".
 */
export const openIdDocument =
  (version: "1.0" | "2.0"): TenantHandler =>
  async ({ issuer, root }) => ({
    status: 200,
    body: {
      issuer: version === "1.0" ? issuer.url : `${root}/v2.0`,
      token_endpoint: `${root}/oauth2/v2.0/token`,
      // Nobody signs in by a page here; clients want the entry all the same.
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      jwks_uri: `${root}/discovery/${version === "1.0" ? "keys" : "v2.0/keys"}`,
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
    },
  });
