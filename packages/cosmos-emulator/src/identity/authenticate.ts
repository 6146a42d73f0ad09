import { type Call, header } from "../http/call.ts";
import { ServiceError } from "../serviceError.ts";
import type { Issuer } from "./issuer.ts";
import { isSignedWithKey } from "./masterKey.ts";

/** Finds out who sent a call, or refuses it with 401. A principal that is already known comes without a promise. */
export type Authenticate = (call: Call) => Principal | Promise<Principal>;

/** Verified tokens that are remembered, so that a token's signature is checked once and not for every request. */
const rememberedTokens = 1_000;

/**
 * Reads the `authorization` header: `type=aad&ver=1.0&sig=…` with a token, `type=master&ver=1.0&sig=…` with a
 * signature; percent-encoded or not, as clients differ.
 * Source: Learn, REST "Access control on Cosmos DB resources"; `@azure/cosmos`, ClientContext.js.
 *
 * @param audiences the `aud` claims that are this account's
 */
export function createAuthenticate(issuer: Issuer, audiences: string[]): Authenticate {
  const known = new Map<string, { principal: Principal; expires: number }>();
  let generation = issuer.keyGeneration();

  async function verify(token: string): Promise<Principal> {
    const keysAtStart = issuer.keyGeneration();
    const { claims, until } = await issuer.verify(token, audiences).catch((error: unknown) => {
      throw unauthorized(`the token is not valid: ${error instanceof Error ? error.message : String(error)}`);
    });
    const { groups } = claims;
    const principal = {
      kind: "token",
      objectId: String(claims["oid"] ?? claims.sub),
      groups: Array.isArray(groups) ? groups.map(String) : [],
    } as const;
    // Its key may have been replaced meanwhile.
    if (keysAtStart !== issuer.keyGeneration()) return principal;
    if (known.size >= rememberedTokens) known.clear();
    known.set(token, { principal, expires: until });
    return principal;
  }

  return (call) => {
    const { type, signature } = parseAuthorization(header(call, "authorization"));
    if (type === "master") {
      if (!isSignedWithKey(call, signature)) {
        throw unauthorized(
          `the signature or its date does not match. Server used the following payload to sign: '${call.method.toLowerCase()}\\n${call.target.type}\\n${call.target.link}\\n${(header(call, "x-ms-date") ?? header(call, "date") ?? "").toLowerCase()}\\n\\n'`,
        );
      }
      return { kind: "key" };
    }
    if (generation !== issuer.keyGeneration()) {
      generation = issuer.keyGeneration();
      known.clear();
    }
    const remembered = known.get(signature);
    if (remembered === undefined) return verify(signature);
    if (remembered.expires > Date.now()) return remembered.principal;
    known.delete(signature);
    return verify(signature);
  };
}

function parseAuthorization(value: string | undefined): { type: "master" | "aad"; signature: string } {
  if (value === undefined || value === "") {
    throw new ServiceError(
      401,
      "Required Header authorization is missing. Ensure a valid Authorization token is passed.",
    );
  }
  let text = value;
  if (!value.includes("=") || /%3d/i.test(value.slice(0, 12))) {
    try {
      text = decodeURIComponent(value);
    } catch {
      throw unauthorized("the authorization header is not valid percent-encoding");
    }
  }
  const match = /^type=(master|aad)&ver=1\.0&sig=(.+)$/s.exec(text);
  if (match === null) {
    throw unauthorized(
      "the authorization header has to read type=aad&ver=1.0&sig=… or type=master&ver=1.0&sig=…",
    );
  }
  return { type: match[1] as "master" | "aad", signature: match[2] as string };
}

const unauthorized = (reason: string): ServiceError =>
  new ServiceError(401, `The input authorization token can't serve the request: ${reason}.`);

/** Who sent a request: the holder of the account's key, or the owner of a token. */
export type Principal =
  | { readonly kind: "key" }
  | {
      readonly kind: "token";
      /** The principal's object id in Entra ID: the token's `oid`. */
      readonly objectId: string;
      /** The object ids of the groups that the token says it belongs to. */
      readonly groups: readonly string[];
    };
