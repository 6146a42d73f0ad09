import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

/** The RSA key that tokens are signed with. */
export interface SigningKey {
  /** `kid` of the tokens and of the key in the JWKS. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Reads the key kept in a file, or makes one: tokens of before a restart stay valid. */
export async function loadSigningKey(file: string): Promise<SigningKey> {
  if (existsSync(file)) {
    const kept = parse(readFileSync(file, "utf8"));
    if (kept !== undefined) return kept;
  }
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const id = randomUUID();
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(file, JSON.stringify({ id, pem }), { mode: 0o600 });
  return { id, privateKey, publicKey };
}

function parse(text: string): SigningKey | undefined {
  try {
    const { id, pem } = JSON.parse(text) as { id: string; pem: string };
    const privateKey = createPrivateKey(pem);
    return { id, privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    // A half-written file: a new key only means that clients fetch a new token.
    return undefined;
  }
}
