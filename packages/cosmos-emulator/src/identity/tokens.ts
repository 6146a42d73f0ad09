import { InputError } from "../errors.ts";
import type { Directory, DirectoryEntry } from "./directory.ts";
import type { Issuer } from "./issuer.ts";

/** A token to issue for a test, of any content. */
export interface TokenOptions {
  /** Whose it is: a test user, an application or a managed identity, by name, user name, client id or object id. */
  readonly principal: string;
  /** The `aud` claim: the API's application id URI or client id, or a name of the Cosmos DB account. */
  readonly audience: string;
  /** The `scp` claim: what the user let the application do. Tokens of applications have none. */
  readonly scopes?: readonly string[];
  /** The `roles` claim, in place of the principal's own app roles. */
  readonly roles?: readonly string[];
  /** Seconds until it expires; 0 or less for one that has expired. An hour when left out. */
  readonly expiresIn?: number;
  /** The application that a user signed in to: the `azp` claim. */
  readonly clientId?: string;
  /** More claims, which replace those of the same name. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The version of the token's form: "2.0" when left out. */
  readonly version?: "1.0" | "2.0";
}

/** Seconds that an access token lives. Source: Learn, "Access tokens in the Microsoft identity platform". */
export const accessTokenLifetime = 60 * 60;

/** The application that users sign in to where a request names none. */
export const defaultClientId = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

interface Grant {
  readonly audience: string;
  readonly scopes?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly clientId?: string | undefined;
  readonly version: "1.0" | "2.0";
}

/**
 * The claims of a principal's access token, but for those that every token has.
 * Source: Learn, "Access token claims reference".
 */
export function accessTokenClaims(
  entry: DirectoryEntry,
  { audience, scopes, roles, clientId, version }: Grant,
) {
  const isUser = entry.kind === "user";
  const application = isUser ? (clientId ?? defaultClientId) : (entry.clientId ?? "");
  const appRoles = roles ?? entry.appRoles;
  return {
    aud: audience,
    sub: entry.objectId,
    oid: entry.objectId,
    ...(version === "1.0" ? { appid: application } : { azp: application, azpacr: isUser ? "0" : "1" }),
    ...(isUser
      ? { name: entry.name, preferred_username: entry.username, scp: (scopes ?? []).join(" ") }
      : { idtyp: "app" }),
    ...(appRoles.length > 0 && { roles: appRoles }),
    ...(entry.groups.length > 0 && { groups: entry.groups }),
  };
}

/** Issues tokens for tests: with any audience, scopes, roles and lifetime. */
export function createIssueToken(issuer: Issuer, directory: Directory) {
  return async (options: TokenOptions): Promise<string> => {
    const { principal, audience, expiresIn = accessTokenLifetime, version = "2.0", claims } = options;
    const entry = directory.find(principal);
    if (entry === undefined) throw new InputError(`There is no principal '${principal}'.`);
    const own = accessTokenClaims(entry, {
      audience,
      scopes: options.scopes,
      roles: options.roles,
      clientId: options.clientId,
      version,
    });
    const issuedAs = version === "2.0" ? `${issuer.url}/v2.0` : undefined;
    return issuer.sign({ ...own, ...claims }, expiresIn, issuedAs);
  };
}
