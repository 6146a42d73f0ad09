import type { PartitionKeyValue, PointKey } from "../definition/itemKey.ts";

/**
 * Where a partition key lies in the hash space of a container whose partition key definition has version 2, in
 * hexadecimal: what partition key ranges are cut by. A hierarchical key lies where its values' hashes, put together, say.
 * Source: `@azure/cosmos`, utils/hashing/v2.js and multiHash.js.
 */
export const effectivePartitionKey = (pk: PointKey["pk"]): string =>
  Array.isArray(pk) ? pk.map(hash).join("") : hash(pk as PartitionKeyValue);

/**
 * MurmurHash3 (x64, 128 bits) of a value's bytes, the two halves big-endian in reverse order, the two highest bits
 * cleared. Source: Austin Appleby's public-domain reference.
 */
function hash(value: PartitionKeyValue): string {
  const bytes = bytesOf(value);
  let h1 = 0n;
  let h2 = 0n;
  const length = bytes.length;
  const whole = length - (length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 = cut(rotate(h1 ^ scrambleFirst(bytes.readBigUInt64LE(at)), 27n) + h2);
    h1 = cut(h1 * 5n + 0x52dce729n);
    h2 = cut(rotate(h2 ^ scrambleSecond(bytes.readBigUInt64LE(at + 8)), 31n) + h1);
    h2 = cut(h2 * 5n + 0x38495ab5n);
  }
  const rest = Buffer.alloc(16);
  bytes.copy(rest, 0, whole);
  h1 ^= scrambleFirst(rest.readBigUInt64LE(0)) ^ BigInt(length);
  h2 ^= scrambleSecond(rest.readBigUInt64LE(8)) ^ BigInt(length);
  h1 = cut(h1 + h2);
  h2 = cut(h2 + h1);
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h1 = cut(h1 + h2);
  h2 = cut(h2 + h1);
  return hex(h2 & 0x3fff_ffff_ffff_ffffn) + hex(h1);
}

/** A value behind a mark of its type; a string has an end, too. */
function bytesOf(value: PartitionKeyValue): Buffer {
  if (typeof value === "string") return Buffer.concat([stringMark, Buffer.from(value), end]);
  if (typeof value === "boolean") return value ? trueMark : falseMark;
  if (value === null) return nullMark;
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x05;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

const nullMark = Buffer.of(0x01);
const falseMark = Buffer.of(0x02);
const trueMark = Buffer.of(0x03);
const stringMark = Buffer.of(0x08);
const end = Buffer.of(0xff);

const cut = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => cut(value << by) | (value >> (64n - by));
const hex = (value: bigint): string => value.toString(16).padStart(16, "0").toUpperCase();

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;
const scrambleFirst = (k: bigint): bigint => cut(rotate(cut(k * c1), 31n) * c2);
const scrambleSecond = (k: bigint): bigint => cut(rotate(cut(k * c2), 33n) * c1);

function avalanche(h: bigint): bigint {
  const once = cut((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
  const twice = cut((once ^ (once >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return twice ^ (twice >> 33n);
}
