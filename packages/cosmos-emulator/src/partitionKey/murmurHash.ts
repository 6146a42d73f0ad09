/**
 * MurmurHash3, the variants that Cosmos DB's partitioning uses. Source: Austin Appleby's public-domain reference,
 * and `@azure/cosmos`, utils/hashing/murmurHash.js, which tests compare this with.
 */
const mask = 0xffff_ffff_ffff_ffffn;
const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & mask;

function finalize64(value: bigint): bigint {
  let h = value;
  h = ((h ^ (h >> 33n)) * 0xff51_afd7_ed55_8ccdn) & mask;
  h = ((h ^ (h >> 33n)) * 0xc4ce_b9fe_1a85_ec53n) & mask;
  return h ^ (h >> 33n);
}

const c1 = 0x87c3_7b91_1142_53d5n;
const c2 = 0x4cf5_ad43_2745_937fn;
const mix1 = (k: bigint): bigint => (rotate((k * c1) & mask, 31n) * c2) & mask;
const mix2 = (k: bigint): bigint => (rotate((k * c2) & mask, 33n) * c1) & mask;

/** The 128-bit x64 hash with seed 0, as 16 bytes: both halves in little-endian order, as the reference writes them. */
export function murmurHash128(bytes: Buffer): Buffer {
  let h1 = 0n;
  let h2 = 0n;
  const blocks = bytes.length - (bytes.length % 16);
  for (let offset = 0; offset < blocks; offset += 16) {
    h1 ^= mix1(bytes.readBigUInt64LE(offset));
    h1 = ((rotate(h1, 27n) + h2) * 5n + 0x52dc_e729n) & mask;
    h2 ^= mix2(bytes.readBigUInt64LE(offset + 8));
    h2 = ((rotate(h2, 31n) + h1) * 5n + 0x3849_5ab5n) & mask;
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, blocks);
  h1 ^= mix1(tail.readBigUInt64LE(0));
  h2 ^= mix2(tail.readBigUInt64LE(8));

  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  h1 = finalize64(h1);
  h2 = finalize64(h2);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  const hash = Buffer.alloc(16);
  hash.writeBigUInt64LE(h1, 0);
  hash.writeBigUInt64LE(h2, 8);
  return hash;
}

const rotate32 = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const mix32 = (k: number): number => Math.imul(rotate32(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);

/** The 32-bit x86 hash with seed 0. */
export function murmurHash32(bytes: Buffer): number {
  let h = 0;
  const blocks = bytes.length - (bytes.length % 4);
  for (let offset = 0; offset < blocks; offset += 4) {
    h ^= mix32(bytes.readInt32LE(offset));
    h = (Math.imul(rotate32(h, 13), 5) + 0xe6546b64) | 0;
  }
  const tail = Buffer.alloc(4);
  bytes.copy(tail, 0, blocks);
  h ^= mix32(tail.readInt32LE(0));
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
