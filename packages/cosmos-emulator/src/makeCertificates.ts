import { randomBytes, webcrypto } from "node:crypto";
import { BitString, Integer, OctetString, Utf8String } from "asn1js";
import {
  AltName,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
} from "pkijs";

const day = 24 * 60 * 60 * 1000;
/** What TLS clients accept of a leaf at most is 825 days (Apple's "Requirements for trusted certificates"). */
const validity = 800 * day;
const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const hostNames = ["localhost", "*.localhost"];
/** 127.0.0.1 and ::1, as certificates have them. */
const addresses = [Uint8Array.of(127, 0, 0, 1), new Uint8Array(16).fill(1, 15)];

/** Object identifiers. Source: RFC 5280, sections 4.1.2.4 and 4.2.1; X.520 for the common name. */
const oids = {
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

/** The first byte of a key usage. Source: RFC 5280, section 4.2.1.3. */
const keyUsages = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const;

/** The kinds of a general name. Source: RFC 5280, section 4.2.1.6. */
const generalNames = { dns: 2, ip: 7 } as const;

/** A certificate authority of this folder alone, and the leaf that it signed for the loopback names; all in PEM. */
export interface MadeCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a leaf. The authority's private key is not kept: it signs nothing else. */
export async function makeCertificates(): Promise<MadeCertificates> {
  const [authorityKeys, leafKeys] = await Promise.all([generateKeys(), generateKeys()]);

  const authority = await prepare(authorityKeys.publicKey);
  // A name of its own, so that two folders' authorities in one trust store are not taken for each other.
  const authorityName = commonName(`cosmos-emulator local authority ${randomBytes(4).toString("hex")}`);
  authority.subject.typesAndValues.push(authorityName);
  authority.issuer.typesAndValues.push(authorityName);
  const keyIdentifier = new OctetString({ valueHex: await authority.getKeyHash() });
  authority.extensions = [
    extension(oids.basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(oids.keyUsage, keyUsage(keyUsages.keyCertSign | keyUsages.crlSign, 1), true),
    extension(oids.subjectKeyIdentifier, keyIdentifier),
  ];
  await authority.sign(authorityKeys.privateKey, "SHA-256");

  const leaf = await prepare(leafKeys.publicKey);
  leaf.subject.typesAndValues.push(commonName("localhost"));
  leaf.issuer.typesAndValues.push(authorityName);
  const altNames = [
    ...hostNames.map((value) => new GeneralName({ type: generalNames.dns, value })),
    ...addresses.map(
      (valueHex) => new GeneralName({ type: generalNames.ip, value: new OctetString({ valueHex }) }),
    ),
  ];
  leaf.extensions = [
    extension(oids.basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(oids.keyUsage, keyUsage(keyUsages.digitalSignature, 7), true),
    extension(oids.extKeyUsage, new ExtKeyUsage({ keyPurposes: [oids.serverAuth] })),
    extension(oids.subjectAltName, new AltName({ altNames })),
    extension(oids.authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier })),
  ];
  await leaf.sign(authorityKeys.privateKey, "SHA-256");

  return {
    ca: pem("CERTIFICATE", authority.toSchema(true).toBER()),
    cert: pem("CERTIFICATE", leaf.toSchema(true).toBER()),
    key: pem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey)),
  };
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** A certificate of a key with a serial number and dates, not yet named and signed. */
async function prepare(publicKey: webcrypto.CryptoKey): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  // Positive whatever the random bytes are.
  certificate.serialNumber = new Integer({ valueHex: Uint8Array.of(1, ...randomBytes(15)) });
  certificate.notBefore.value = new Date(Date.now() - day);
  certificate.notAfter.value = new Date(Date.now() + validity);
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  return certificate;
}

const commonName = (value: string): AttributeTypeAndValue =>
  new AttributeTypeAndValue({ type: oids.commonName, value: new Utf8String({ value }) });

const keyUsage = (bits: number, unusedBits: number): BitString =>
  new BitString({ valueHex: Uint8Array.of(bits), unusedBits });

/** What can stand in an extension. */
type ExtensionValue =
  | BasicConstraints
  | ExtKeyUsage
  | AltName
  | AuthorityKeyIdentifier
  | BitString
  | OctetString;

function extension(extnID: string, value: ExtensionValue, critical = false): Extension {
  const encoded = "toSchema" in value ? value.toSchema() : value;
  return new Extension({ extnID, critical, extnValue: encoded.toBER() });
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
