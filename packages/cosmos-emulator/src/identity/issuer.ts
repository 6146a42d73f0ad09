import type { JSONWebKeySet, JWTPayload } from "jose";
import type { SigningKey } from "./signingKey.ts";

/** Signs tokens as Entra ID does, and checks them. */
export interface Issuer {
  /** The `iss` claim, and the address below which the OpenID documents are. */
  readonly url: string;
  readonly tenantId: string;
  sign(claims: JWTPayload & { aud: string; sub: string }, lifetimeSeconds: number): Promise<string>;
  /** The claims of a token that this issuer signed for one of the audiences and that is in its time. */
  verify(token: string, audiences: string[]): Promise<JWTPayload>;
  jwks(): Promise<JSONWebKeySet>;
}

/** Loaded for the first token: the emulator answers a little sooner without it. */
const loadJose = (): Promise<typeof import("jose")> => import("jose");

/** Seconds by which a client's clock may differ. */
const clockTolerance = 5;

/**
 * An issuer for one tenant. Of its own tokens it takes those of earlier runs too, whose address had another port: the
 * tenant in it is the data folder's, and so is the key. Its key may still be on the way: who needs it waits. */
export function createIssuer(url: string, tenantId: string, key: Promise<SigningKey>): Issuer {
  return {
    url,
    tenantId,
    async sign(claims, lifetimeSeconds) {
      const [{ id, privateKey }, { SignJWT }] = await Promise.all([key, loadJose()]);
      const issued = Math.floor(Date.now() / 1000);
      return new SignJWT({ ...claims, iss: url, tid: tenantId, ver: "1.0" })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: id })
        .setIssuedAt(issued)
        .setNotBefore(issued)
        .setExpirationTime(issued + lifetimeSeconds)
        .sign(privateKey);
    },
    async verify(token, audiences) {
      const [{ publicKey }, { jwtVerify }] = await Promise.all([key, loadJose()]);
      const { payload } = await jwtVerify(token, publicKey, {
        audience: audiences,
        algorithms: ["RS256"],
        requiredClaims: ["iss", "exp", "sub"],
        clockTolerance,
      });
      if (withoutPort(payload.iss) !== withoutPort(url)) throw new Error('unexpected "iss" claim value');
      return payload;
    },
    async jwks() {
      const [{ id, publicKey }, { exportJWK }] = await Promise.all([key, loadJose()]);
      return { keys: [{ ...(await exportJWK(publicKey)), kid: id, use: "sig", alg: "RS256" }] };
    },
  };
}

const withoutPort = (url: string | undefined): string | undefined => url?.replace(/:\d+(?=\/)/, "");
