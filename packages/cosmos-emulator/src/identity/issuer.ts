import { exportJWK, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { SigningKeys } from "./signingKeys.ts";

/** What a token says beside what every token says. */
type Claims = JWTPayload & { readonly aud: string; readonly sub: string };

/** Signs tokens as Entra ID does, and checks them. */
export interface Issuer {
  /** The `iss` claim of version 1.0 tokens, and the address below which the OpenID documents are. */
  readonly url: string;
  readonly tenantId: string;
  /**
   * @param issuedAs another `iss` than {@link url}, for tokens of version 2.0
   */
  sign(claims: Claims, lifetimeSeconds: number, issuedAs?: string): Promise<string>;
  /** The claims of a token that this issuer signed for one of the audiences and that is in its time. */
  verify(token: string, audiences: string[]): Promise<Verified>;
  jwks(): Promise<JSONWebKeySet>;
  /** Makes a new signing key; tokens of the old one are taken for so many seconds more. Gives its id. */
  rotateKey(overlapSeconds: number): Promise<string>;
  /** Changes with every rotation: what was verified before has to be verified again. */
  keyGeneration(): number;
}

/** A token that was found good. */
interface Verified {
  readonly claims: JWTPayload;
  /** Until when it stays good, in milliseconds since 1970. */
  readonly until: number;
}

/** Seconds by which a client's clock may differ. */
const clockTolerance = 5;

/**
 * An issuer for one tenant. Of its own tokens it takes those of earlier runs too, whose address had another port, and
 * those of both versions: the tenant in the address is the data folder's, and so are the keys.
 */
export function createIssuer(url: string, tenantId: string, keys: SigningKeys): Issuer {
  let generation = 0;
  return {
    url,
    tenantId,
    async sign(claims, lifetimeSeconds, issuedAs) {
      const { id, privateKey } = await keys.current();
      const issued = Math.floor(Date.now() / 1000);
      const expires = issued + lifetimeSeconds;
      // A token that is issued expired was issued before that.
      const start = Math.min(issued, expires - 1);
      const version = issuedAs === undefined ? "1.0" : "2.0";
      return new SignJWT({ ...claims, iss: issuedAs ?? url, tid: tenantId, ver: version })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: id })
        .setIssuedAt(start)
        .setNotBefore(start)
        .setExpirationTime(expires)
        .sign(privateKey);
    },
    async verify(token, audiences) {
      let retires = Number.POSITIVE_INFINITY;
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = await keys.find(kid);
          if (key === undefined) throw new Error("its signing key is not, or no longer, in use");
          if ("until" in key) retires = key.until;
          return key.publicKey;
        },
        {
          audience: audiences,
          algorithms: ["RS256"],
          requiredClaims: ["iss", "exp", "sub"],
          clockTolerance,
        },
      );
      if (!isOfTenant(payload.iss, tenantId)) throw new Error('unexpected "iss" claim value');
      return { claims: payload, until: Math.min((payload.exp ?? 0) * 1000, retires) };
    },
    async jwks() {
      const published = await keys.published();
      return {
        keys: await Promise.all(
          published.map(async ({ id, publicKey }) => ({
            ...(await exportJWK(publicKey)),
            kid: id,
            use: "sig",
            alg: "RS256",
          })),
        ),
      };
    },
    async rotateKey(overlapSeconds) {
      const { id } = await keys.rotate(overlapSeconds);
      generation += 1;
      return id;
    },
    keyGeneration: () => generation,
  };
}

function isOfTenant(issuer: string | undefined, tenantId: string): boolean {
  const match = /^https?:\/\/localhost(?::\d+)?\/([^/]+)(?:\/v2\.0)?$/.exec(issuer ?? "");
  return match?.[1] === tenantId;
}
