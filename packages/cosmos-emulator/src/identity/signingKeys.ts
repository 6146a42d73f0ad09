import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { onFile } from "../dataFolder.ts";

/** An RSA key that tokens are signed with. */
interface SigningKey {
  /** `kid` of the tokens and of the key in the JWKS. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A key that signs no more, whose tokens are taken until a time in milliseconds since 1970. */
interface RetiredKey extends SigningKey {
  readonly until: number;
}

/** The keys of a tenant. Those who ask wait for the first one, which takes a while to make. */
export interface SigningKeys {
  /** The key that signs. */
  current(): Promise<SigningKey>;
  /** The key with an id, if its tokens are still taken; the current one for tokens that name none. */
  find(id: string | undefined): Promise<SigningKey | RetiredKey | undefined>;
  /** The keys whose tokens are taken, the current one first. */
  published(): Promise<readonly SigningKey[]>;
  /** Makes a new key the current one. Tokens of the old one are taken for so many seconds more. */
  rotate(overlapSeconds: number): Promise<SigningKey>;
}

/** How keys are kept in their file. */
interface KeptKeys {
  readonly id: string;
  readonly pem: string;
  readonly retired?: readonly { readonly id: string; readonly pem: string; readonly until: number }[];
}

interface KeySet {
  readonly current: SigningKey;
  readonly retired: readonly RetiredKey[];
}

/**
 * Reads the keys kept in a file, or makes one: tokens of before a restart stay valid.
 *
 * @throws StartError at once when the file cannot be read.
 */
export function loadSigningKeys(file: string): SigningKeys {
  const kept = onFile(file, () => (existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined));
  let keys: Promise<KeySet> =
    kept === undefined
      ? makeKey().then((current) => write(file, { current, retired: [] }))
      : Promise.resolve(kept);
  // Who needs a key hears when it could not be made; the process goes on without it.
  keys.catch(() => undefined);

  const inTime = ({ until }: RetiredKey): boolean => until > Date.now();
  return {
    current: async () => (await keys).current,
    async find(id) {
      const { current, retired } = await keys;
      if (id === undefined || id === current.id) return current;
      return retired.find((key) => key.id === id && inTime(key));
    },
    async published() {
      const { current, retired } = await keys;
      return [current, ...retired.filter(inTime)];
    },
    async rotate(overlapSeconds) {
      // One after the other, so that no key gets lost between two that rotate at once.
      const next = keys.then(async ({ current, retired }) => {
        const until = Date.now() + overlapSeconds * 1000;
        const made = await makeKey();
        const left = [{ ...current, until }, ...retired].filter(inTime);
        return write(file, { current: made, retired: left });
      });
      const before = keys;
      keys = next.catch(() => before);
      return (await next).current;
    },
  };
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { id: randomUUID(), privateKey, publicKey };
}

const pemOf = ({ privateKey }: SigningKey): string =>
  privateKey.export({ type: "pkcs8", format: "pem" }).toString();

function write(file: string, keys: KeySet): KeySet {
  const { current, retired } = keys;
  const kept: KeptKeys = {
    id: current.id,
    pem: pemOf(current),
    retired: retired.map((key) => ({ id: key.id, pem: pemOf(key), until: key.until })),
  };
  onFile(file, () => {
    // In two steps, so that a process that dies meanwhile leaves the old file or the new one.
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  });
  return keys;
}

function parse(text: string): KeySet | undefined {
  try {
    const { id, pem, retired = [] } = JSON.parse(text) as KeptKeys;
    return {
      current: keyOf(id, pem),
      retired: retired.map((key) => ({ ...keyOf(key.id, key.pem), until: key.until })),
    };
  } catch {
    // A damaged file: a new key only means that clients fetch a new token.
    return undefined;
  }
}

function keyOf(id: string, pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}
