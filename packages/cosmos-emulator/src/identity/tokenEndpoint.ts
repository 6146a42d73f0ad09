import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { readBody } from "../http/readBody.ts";
import { ServiceError } from "../serviceError.ts";
import type { Answer } from "./answer.ts";
import type { Directory, DirectoryEntry } from "./directory.ts";
import { isSameText } from "./isSameText.ts";
import type { Issuer } from "./issuer.ts";
import { readScope, type WantedScope } from "./scope.ts";
import { TokenError } from "./tokenError.ts";
import { accessTokenClaims, accessTokenLifetime, defaultClientId } from "./tokens.ts";

/** Seconds that a refresh token lives. Source: Learn, "Refresh tokens in the Microsoft identity platform": 90 days. */
const refreshTokenLifetime = 90 * 24 * 60 * 60;

const maxBodyBytes = 64 * 1024;

/**
 * Entra ID's token endpoint, `POST /{tenant}/oauth2/v2.0/token`: `client_credentials` with a secret for applications,
 * `password` for test users, `refresh_token` for what the latter gave.
 * Source: Learn, "OAuth 2.0 client credentials flow", "Sign in with resource owner password credentials", and
 * "Microsoft Entra authentication and authorization error codes" for the AADSTS numbers.
 *
 * @param issuedAs the `iss` of its tokens
 */
export function createTokenEndpoint(
  issuer: Issuer,
  directory: Directory,
  issuedAs: string,
): (request: IncomingMessage) => Promise<Answer> {
  /** What only this endpoint may read: the audience keeps it from being used as an access token. */
  const refreshAudience = `${issuer.tenantId}/refresh`;

  async function tokensFor(
    entry: DirectoryEntry,
    scope: WantedScope,
    { clientId, clientInfo }: { clientId?: string | undefined; clientInfo: boolean },
  ): Promise<Answer> {
    const { resource, scopes, openId } = scope;
    const isUser = entry.kind === "user";
    const claims = accessTokenClaims(entry, {
      audience: resource,
      scopes: scopes ?? ["user_impersonation"],
      clientId,
      version: "2.0",
    });
    const body: Record<string, unknown> = {
      token_type: "Bearer",
      scope: isUser ? scope.text : undefined,
      expires_in: accessTokenLifetime,
      ext_expires_in: accessTokenLifetime,
      access_token: await issuer.sign(claims, accessTokenLifetime, issuedAs),
    };
    if (isUser && openId.includes("openid")) {
      const idToken = {
        aud: clientId ?? defaultClientId,
        sub: entry.objectId,
        oid: entry.objectId,
        name: entry.name,
        preferred_username: entry.username,
      };
      body["id_token"] = await issuer.sign(idToken, accessTokenLifetime, issuedAs);
    }
    if (isUser && openId.includes("offline_access")) {
      const refresh = { aud: refreshAudience, sub: entry.objectId, scope: scope.text, client_id: clientId };
      body["refresh_token"] = await issuer.sign(refresh, refreshTokenLifetime, issuedAs);
    }
    if (isUser && clientInfo) {
      const info = JSON.stringify({ uid: entry.objectId, utid: issuer.tenantId });
      body["client_info"] = Buffer.from(info).toString("base64url");
    }
    return { status: 200, body };
  }

  async function grant(form: URLSearchParams, basic: BasicCredentials | undefined): Promise<Answer> {
    const clientId = form.get("client_id") ?? basic?.clientId;
    const secret = form.get("client_secret") ?? basic?.secret;
    const clientInfo = form.get("client_info") === "1";
    switch (form.get("grant_type")) {
      case "client_credentials": {
        const application = applicationOf(directory, clientId, secret);
        const scope = readScope(form.get("scope"));
        if (scope.scopes !== undefined) {
          throw new TokenError(
            "invalid_scope",
            1002012,
            `The provided value for scope ${scope.text} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
          );
        }
        return tokensFor(application, scope, { clientInfo });
      }
      case "password": {
        checkClient(directory, clientId, secret);
        const user = userOf(directory, form.get("username"), form.get("password"));
        return tokensFor(user, readScope(form.get("scope")), { clientId, clientInfo });
      }
      case "refresh_token": {
        checkClient(directory, clientId, secret);
        const { sub, scope, client_id } = await readRefreshToken(form.get("refresh_token"));
        const user = directory.find(sub);
        if (user === undefined || (client_id !== undefined && client_id !== clientId)) {
          throw new TokenError("invalid_grant", 70000, "The provided grant is invalid or malformed.");
        }
        return tokensFor(user, readScope(form.get("scope") ?? scope), { clientId, clientInfo });
      }
      case null:
        throw missing("grant_type");
      default:
        throw new TokenError(
          "unsupported_grant_type",
          70003,
          `The app requested an unsupported grant type '${form.get("grant_type")}'.`,
        );
    }
  }

  async function readRefreshToken(
    token: string | null,
  ): Promise<{ sub: string; scope: string; client_id?: string }> {
    if (token === null) throw missing("refresh_token");
    try {
      const { claims } = await issuer.verify(token, [refreshAudience]);
      return claims as { sub: string; scope: string; client_id?: string };
    } catch {
      throw new TokenError("invalid_grant", 700082, "The refresh token has expired or is not valid.");
    }
  }

  return async (request) => {
    try {
      const body = await readBody(request, maxBodyBytes);
      return await grant(
        new URLSearchParams(body.toString("utf8")),
        basicCredentials(request.headers.authorization),
      );
    } catch (error) {
      if (error instanceof TokenError) return refusal(error);
      if (error instanceof ServiceError)
        return refusal(new TokenError("invalid_request", 90015, error.message));
      throw error;
    }
  };
}

function refusal({ error, number, message }: TokenError): Answer {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    status: error === "invalid_client" ? 401 : 400,
    body: {
      error,
      error_description: `AADSTS${number}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
    },
  };
}

const missing = (name: string): TokenError =>
  new TokenError(
    "invalid_request",
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );

function applicationOf(
  directory: Directory,
  clientId: string | undefined,
  secret: string | undefined,
): DirectoryEntry {
  if (clientId === undefined) throw missing("client_id");
  const found = directory.find(clientId);
  if (found?.kind !== "servicePrincipal" || found.clientId?.toLowerCase() !== clientId.toLowerCase()) {
    throw new TokenError(
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory.`,
    );
  }
  if (secret === undefined) {
    throw new TokenError(
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  if (!isSameText(secret, found.secret ?? "")) {
    throw new TokenError(
      "invalid_client",
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  return found;
}

/** Where users sign in, any application will do; one that sends a secret has to send the right one. */
function checkClient(directory: Directory, clientId: string | undefined, secret: string | undefined): void {
  if (clientId === undefined) throw missing("client_id");
  if (secret !== undefined) applicationOf(directory, clientId, secret);
}

function userOf(directory: Directory, username: string | null, password: string | null): DirectoryEntry {
  if (username === null) throw missing("username");
  if (password === null) throw missing("password");
  const found = directory.find(username);
  if (found?.kind !== "user") {
    throw new TokenError(
      "invalid_grant",
      50034,
      `The user account ${username} does not exist in the directory.`,
    );
  }
  if (found.secret === undefined || !isSameText(password, found.secret)) {
    throw new TokenError(
      "invalid_grant",
      50126,
      "Error validating credentials due to invalid username or password.",
    );
  }
  return found;
}

interface BasicCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** A client's id and secret in the `authorization` header. Source: RFC 6749, section 2.3.1. */
function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  const encoded = /^basic ([a-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return undefined;
  try {
    return {
      clientId: decodeURIComponent(text.slice(0, colon)),
      secret: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch {
    return undefined;
  }
}
