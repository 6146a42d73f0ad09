import { TokenError } from "./tokenError.ts";

/** What a token request's `scope` asks for. */
export interface WantedScope {
  readonly text: string;
  /** The resource that all its scopes belong to: the `aud` of the access token. */
  readonly resource: string;
  /** The scopes by their names in that resource; `undefined` for `.default`, all that was consented to. */
  readonly scopes: readonly string[] | undefined;
  /** `openid`, `offline_access` and the like. */
  readonly openId: readonly string[];
}

const openIdScopes = ["openid", "profile", "email", "offline_access"];

/**
 * Reads a `scope`: `{resource}/.default`, or `{resource}/{name}` once or more, of one resource.
 * Source: Learn, "Scopes and permissions in the Microsoft identity platform".
 */
export function readScope(text: string | null): WantedScope {
  const all = (text ?? "").split(" ").filter((scope) => scope !== "");
  const openId = all.filter((scope) => openIdScopes.includes(scope));
  const wanted = all.filter((scope) => !openIdScopes.includes(scope));
  const parts = wanted.map((scope) => {
    const slash = scope.lastIndexOf("/");
    return { resource: scope.slice(0, Math.max(slash, 0)), name: scope.slice(slash + 1) };
  });
  const [first] = parts;
  const invalid = (reason: string): TokenError =>
    new TokenError(
      "invalid_scope",
      70011,
      `The provided value for the input parameter 'scope' is not valid. ${reason}`,
    );
  if (first === undefined) throw invalid("It names no resource.");
  if (parts.some(({ resource, name }) => resource === "" || name === "")) {
    throw invalid(
      `The scope ${wanted.join(" ")} is not valid: it reads {resource}/.default or {resource}/{name}.`,
    );
  }
  if (parts.some(({ resource }) => resource !== first.resource)) {
    throw new TokenError("invalid_request", 28000, "The scopes of a request belong to one resource.");
  }
  const isDefault = parts.some(({ name }) => name === ".default");
  if (isDefault && parts.length > 1) throw invalid(".default cannot be combined with scopes of a resource.");
  return {
    text: all.join(" "),
    resource: first.resource,
    scopes: isDefault ? undefined : parts.map(({ name }) => name),
    openId,
  };
}
