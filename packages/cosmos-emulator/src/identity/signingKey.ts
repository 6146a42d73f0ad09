import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { onFile } from "../dataFolder.ts";

/** The RSA key that tokens are signed with. */
export interface SigningKey {
  /** `kid` of the tokens and of the key in the JWKS. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Reads the key kept in a file, or makes one, which takes a while: tokens of before a restart stay valid.
 *
 * @throws StartError at once when the file cannot be read.
 */
export function loadSigningKey(file: string): Promise<SigningKey> {
  const kept = onFile(file, () => (existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined));
  return kept === undefined ? makeSigningKey(file) : Promise.resolve(kept);
}

async function makeSigningKey(file: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const id = randomUUID();
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  onFile(file, () => writeFileSync(file, JSON.stringify({ id, pem }), { mode: 0o600 }));
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
