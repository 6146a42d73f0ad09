import "reflect-metadata";
import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { onFile } from "./dataFolder.ts";

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
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hostNames = ["localhost", "*.localhost"];
const addresses = ["127.0.0.1", "::1"];

/**
 * Reads the certificates kept in a folder, and makes them when they are missing, unreadable or about to expire.
 *
 * @throws StartError when the folder cannot be used.
 */
export async function loadCertificates(folder: string): Promise<Certificates> {
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
  const made = await makeCertificates();
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

async function makeCertificates(): Promise<{ ca: string; key: string; cert: string }> {
  // Loaded only here: a start with kept certificates does without the library's import time.
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto);
  const [authorityKeys, leafKeys] = (await Promise.all(
    [1, 2].map(() => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])),
  )) as [webcrypto.CryptoKeyPair, webcrypto.CryptoKeyPair];
  const dates = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + validity) };
  const serialNumber = (): string => `01${randomBytes(15).toString("hex")}`;

  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    serialNumber: serialNumber(),
    // A name of its own, so that two folders' authorities in one trust store are not taken for each other.
    name: `CN=cosmos-emulator local authority ${randomBytes(4).toString("hex")}`,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...dates,
    serialNumber: serialNumber(),
    subject: "CN=localhost",
    issuer: authority.subject,
    publicKey: leafKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...hostNames.map((value) => ({ type: "dns" as const, value })),
        ...addresses.map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey);
  return {
    ca: `${authority.toString("pem")}\n`,
    cert: `${leaf.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
