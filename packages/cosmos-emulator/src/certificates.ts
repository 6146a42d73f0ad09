import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { onFile } from "./dataFolder.ts";
import { bits, der, integer, octets, oid, pem, sequence, set, time, utf8, yes } from "./der.ts";

/** What the HTTPS listeners present, and the authority that clients have to trust. */
export interface Certificates {
  /** The file of the certificate authority, in PEM: for `COSMOS_CA_FILE`, `NODE_EXTRA_CA_CERTS` and the like. */
  readonly caFile: string;
  /** The leaf's private key, in PEM. */
  readonly key: string;
  /** The leaf's certificate, in PEM. */
  readonly cert: string;
}

const day = 24 * 60 * 60 * 1000;
/** What TLS clients accept of a leaf at most is 825 days (Apple's "Requirements for trusted certificates"). */
const validity = 800 * day;
const hostNames = ["localhost", "*.localhost"];
/** 127.0.0.1 and ::1. */
const addresses = [
  [127, 0, 0, 1],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
];

/**
 * Reads the certificates kept in a folder, and makes them when they are missing, unreadable or about to expire.
 *
 * @throws StartError when the folder cannot be used.
 */
export function loadCertificates(folder: string): Certificates {
  const files = {
    caFile: join(folder, "ca.pem"),
    key: join(folder, "key.pem"),
    cert: join(folder, "cert.pem"),
  };
  const kept = onFile(folder, () => {
    mkdirSync(folder, { recursive: true });
    if (!Object.values(files).every((file) => existsSync(file))) return undefined;
    return {
      caFile: files.caFile,
      key: readFileSync(files.key, "utf8"),
      cert: readFileSync(files.cert, "utf8"),
    };
  });
  if (kept !== undefined && isUsable(kept)) return kept;
  const made = makeCertificates();
  onFile(folder, () => {
    writeFileSync(files.key, made.key, { mode: 0o600 });
    writeFileSync(files.cert, made.cert);
    writeFileSync(files.caFile, made.ca);
  });
  return { caFile: files.caFile, key: made.key, cert: made.cert };
}

function isUsable({ caFile, key, cert }: Certificates): boolean {
  try {
    createSecureContext({ key, cert });
    const leaf = new X509Certificate(cert);
    const authority = new X509Certificate(readFileSync(caFile));
    return leaf.checkIssued(authority) && Date.parse(leaf.validTo) > Date.now() + 7 * day;
  } catch {
    return false;
  }
}

/** Object identifiers. Source: RFC 5280 and RFC 5758. */
const oids = {
  commonName: oid("2.5.4.3"),
  ecdsaWithSha256: oid("1.2.840.10045.4.3.2"),
  subjectKeyIdentifier: oid("2.5.29.14"),
  keyUsage: oid("2.5.29.15"),
  subjectAlternativeName: oid("2.5.29.17"),
  basicConstraints: oid("2.5.29.19"),
  authorityKeyIdentifier: oid("2.5.29.35"),
  extendedKeyUsage: oid("2.5.29.37"),
  serverAuth: oid("1.3.6.1.5.5.7.3.1"),
} as const;

/** Bits of the key usage, counted from the highest. Source: RFC 5280, 4.2.1.3. */
const keyUsage = { digitalSignature: bits(Buffer.of(0x80), 7), signsCertificates: bits(Buffer.of(0x06), 1) };

const newKeys = (): KeyPairKeyObjectResult => generateKeyPairSync("ec", { namedCurve: "P-256" });

const commonName = (name: string): Buffer => sequence(set(sequence(oids.commonName, utf8(name))));

const extension = (id: Buffer, content: Buffer): Buffer => sequence(id, octets(content));

const criticalExtension = (id: Buffer, content: Buffer): Buffer => sequence(id, yes, octets(content));

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** What a key is known by in the certificates: the hash of its bits. Source: RFC 5280, 4.2.1.2. */
const keyIdentifier = (key: KeyObject): Buffer =>
  // The bits of a P-256 key are the last 65 bytes of its description.
  createHash("sha1").update(publicKeyInfo(key).subarray(-65)).digest();

/** A certificate. Source: RFC 5280, 4.1. */
function certificate(
  issuer: { readonly name: string; readonly key: KeyObject },
  subject: { readonly name: string; readonly key: KeyObject },
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(oids.ecdsaWithSha256);
  const content = sequence(
    der(0xa0, integer(2)),
    integer(1, ...randomBytes(15)),
    algorithm,
    commonName(issuer.name),
    sequence(time(Date.now() - day), time(Date.now() + validity)),
    commonName(subject.name),
    publicKeyInfo(subject.key),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, issuer.key);
  return pem("CERTIFICATE", sequence(content, algorithm, bits(signature)));
}

function makeCertificates(): { ca: string; key: string; cert: string } {
  const [authorityKeys, leafKeys] = [newKeys(), newKeys()];
  // A name of its own, so that two folders' authorities in one trust store are not taken for each other.
  const name = `cosmos-emulator local authority ${randomBytes(4).toString("hex")}`;
  const issuer = { name, key: authorityKeys.privateKey };
  const authorityId = keyIdentifier(authorityKeys.publicKey);
  const ca = certificate(issuer, { name, key: authorityKeys.publicKey }, [
    criticalExtension(oids.basicConstraints, sequence(yes, der(0x02, Buffer.of(0)))),
    criticalExtension(oids.keyUsage, keyUsage.signsCertificates),
    extension(oids.subjectKeyIdentifier, octets(authorityId)),
  ]);
  const names = hostNames.map((hostName) => der(0x82, Buffer.from(hostName)));
  const cert = certificate(issuer, { name: "localhost", key: leafKeys.publicKey }, [
    criticalExtension(oids.basicConstraints, sequence()),
    criticalExtension(oids.keyUsage, keyUsage.digitalSignature),
    extension(oids.extendedKeyUsage, sequence(oids.serverAuth)),
    extension(
      oids.subjectAlternativeName,
      sequence(...names, ...addresses.map((bytes) => der(0x87, Buffer.from(bytes)))),
    ),
    extension(oids.authorityKeyIdentifier, sequence(der(0x80, authorityId))),
  ]);
  return { ca, cert, key: leafKeys.privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}
