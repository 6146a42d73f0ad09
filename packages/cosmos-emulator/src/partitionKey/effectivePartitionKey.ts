import { murmurHash32, murmurHash128 } from "./murmurHash.ts";
import type { PartitionKeyDefinition, PartitionKeyValue } from "./partitionKey.ts";

/**
 * Type marks of the binary encoding that partition keys are hashed in.
 * Source: `@azure/cosmos`, utils/hashing/encoding/prefix.js.
 */
const mark = { undefined: 0x00, null: 0x01, false: 0x02, true: 0x03, number: 0x05, string: 0x08 } as const;

/** What version 1 hashes and encodes of a string. Source: `@azure/cosmos`, utils/hashing/v1.js. */
const v1StringLength = 100;

function doubleLittleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** One value as it goes into the hash; `end` closes a string (version 1 and 2 differ in it). */
function hashInput(value: PartitionKeyValue, end: number): Buffer {
  if (typeof value === "string") {
    return Buffer.concat([Buffer.of(mark.string), Buffer.from(value), Buffer.of(end)]);
  }
  if (typeof value === "number") return Buffer.concat([Buffer.of(mark.number), doubleLittleEndian(value)]);
  return Buffer.of(constantMark(value));
}

function constantMark(value: boolean | null | undefined): number {
  if (value === undefined) return mark.undefined;
  if (value === null) return mark.null;
  return value ? mark.true : mark.false;
}

/** An order-preserving encoding of a double: sign-adjusted bits in groups of 8, then 7, each with a low "more" bit. */
function orderedNumber(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  const bits = bytes.readBigUInt64BE();
  const sign = 1n << 63n;
  let rest = BigInt.asUintN(64, bits < sign ? bits ^ sign : -bits);
  const groups = [mark.number, Number(rest >> 56n)];
  rest = BigInt.asUintN(64, rest << 8n);
  let group = 0;
  do {
    if (group !== 0) groups.push(group);
    group = Number(rest >> 56n) | 1;
    rest = BigInt.asUintN(64, rest << 7n);
  } while (rest !== 0n);
  if ((group & 0xfe) !== 0) groups.push(group & 0xfe);
  return Buffer.from(groups);
}

/** An order-preserving encoding of a string, cut at 100 bytes and closed by 00 when it is no longer than that. */
function orderedString(value: string): Buffer {
  const isShort = value.length <= v1StringLength;
  const text = Buffer.from(value);
  const cut = isShort ? text : text.subarray(0, v1StringLength + 1);
  const shifted = cut.map((byte) => (byte < 0xff ? byte + 1 : byte));
  return Buffer.concat([Buffer.of(mark.string), shifted, isShort ? Buffer.of(mark.undefined) : Buffer.of()]);
}

function hashV1(value: PartitionKeyValue): string {
  const cut = typeof value === "string" ? value.slice(0, v1StringLength) : value;
  const hash = orderedNumber(murmurHash32(hashInput(cut, mark.undefined)));
  const encoded =
    typeof cut === "string"
      ? orderedString(cut)
      : typeof cut === "number"
        ? orderedNumber(cut)
        : Buffer.of(constantMark(cut));
  return Buffer.concat([hash, encoded]).toString("hex").toUpperCase();
}

function hashV2(values: readonly PartitionKeyValue[]): string {
  const hash = murmurHash128(Buffer.concat(values.map((value) => hashInput(value, 0xff)))).reverse();
  // The two highest bits stay free, so that "FF" is above every hash.
  hash[0] = (hash[0] ?? 0) & 0x3f;
  return hash.toString("hex").toUpperCase();
}

/**
 * Where a partition key lies in the container's hash space, in hexadecimal: what partition key ranges and feed
 * ranges are cut by. Of a hierarchical key fewer values than the definition has give a prefix of the full key's.
 * Source: `@azure/cosmos`, utils/hashing/hash.js.
 */
export function effectivePartitionKey(
  values: readonly PartitionKeyValue[],
  definition: PartitionKeyDefinition,
): string {
  if (definition.kind === "MultiHash") return values.map((value) => hashV2([value])).join("");
  return definition.version === 2 ? hashV2(values) : hashV1(values[0]);
}

/** How many hashes there are, and the effective partition key that each begins. */
function hashSpace({ version }: PartitionKeyDefinition): { size: bigint; encode(hash: bigint): string } {
  if (version === 2) return { size: 2n ** 126n, encode: (hash) => hex(hash.toString(16).padStart(32, "0")) };
  return { size: 2n ** 32n, encode: (hash) => hex(orderedNumber(Number(hash)).toString("hex")) };
}

const hex = (digits: string): string => digits.toUpperCase();

/**
 * Where a container's hash space is cut into `count` equal parts: the first part begins with "", the last ends with
 * "FF".
 */
export function evenCuts(count: number, definition: PartitionKeyDefinition): string[] {
  const { size, encode } = hashSpace(definition);
  return Array.from({ length: count - 1 }, (_, index) =>
    encode((size * BigInt(index + 1)) / BigInt(count) - 1n),
  );
}

/** Where a part of the hash space is cut in half; `undefined` when it is too small for that. */
export function middleCut(min: string, max: string, definition: PartitionKeyDefinition): string | undefined {
  const { size, encode } = hashSpace(definition);
  /** The first hash that is not below a bound. The encoding keeps the order of the hashes. */
  function hashFrom(bound: string): bigint {
    let [low, high] = [0n, size];
    while (low < high) {
      const middle = (low + high) / 2n;
      if (encode(middle) < bound) low = middle + 1n;
      else high = middle;
    }
    return low;
  }
  const cut = encode((hashFrom(min) + hashFrom(max)) / 2n);
  return cut > min && cut < max ? cut : undefined;
}
