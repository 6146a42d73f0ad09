import { X509Certificate } from "node:crypto";
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
  // Loaded only here: a start with kept certificates does without the library's import time.
  const { makeCertificates } = await import("./makeCertificates.ts");
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
