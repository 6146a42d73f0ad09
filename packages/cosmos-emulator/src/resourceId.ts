/**
 * Resource ids (`_rid`): a database's is 4 bytes, a container's its database's and 4 more, a document's its
 * container's and 8 more, in base64 with `-` for `/`. Source: `@azure/cosmos`, common/helper.js (rid links), and
 * the .NET SDK's ResourceId class.
 */
const encode = (bytes: Buffer): string => bytes.toString("base64").replaceAll("/", "-");

/** The resource id of the database with this number. */
export function databaseResourceId(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return encode(bytes);
}

/** The resource id of a container. Its fifth byte has the high bit set, as the service marks containers. */
export function containerResourceId(database: number, number: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(database);
  bytes.writeUInt32BE((number | 0x80000000) >>> 0, 4);
  return encode(bytes);
}

/** The resource id of something in a container: a document, or (with `kind`) a partition key range. */
export function childResourceId(
  container: string,
  number: number,
  kind: "document" | "range" = "document",
): string {
  const bytes = Buffer.alloc(16);
  bytes.write(container.replaceAll("-", "/"), "base64");
  bytes.writeBigUInt64LE(BigInt(number), 8);
  // The last byte's high half says what kind of child it is; documents have 0, ranges 5.
  if (kind === "range") bytes.writeUInt8(0x50, 15);
  return encode(bytes);
}

/** The number of a container's document from its resource id; `undefined` when it is none of that container. */
export function childNumber(container: string, rid: string): number | undefined {
  const bytes = Buffer.from(rid.replaceAll("-", "/"), "base64");
  if (bytes.length !== 16 || encode(bytes) !== rid || encode(bytes.subarray(0, 8)) !== container)
    return undefined;
  return Number(bytes.readBigUInt64LE(8));
}
