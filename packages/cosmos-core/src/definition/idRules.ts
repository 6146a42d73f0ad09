/** Bytes of UTF-8 that an id may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
const maxIdBytes = 1_023;

/** Bytes of UTF-8 that a value of a partition key may have. Source: the same. */
const maxPartitionKeyBytes = 2_048;

/**
 * What is wrong with an id, as the end of a sentence that begins with it. What the SDK and the service refuse: more than
 * 1,023 bytes, the characters `/ \ ? #`, a space at the end. White space alone, since the SDK writes such an item and
 * then does not read it (`@azure/cosmos`, helper.js, validateItemResourceId). `.` and `..`, since URLs drop them as path
 * segments (RFC 3986, 5.2.4). Half a surrogate pair, which no URL can carry.
 */
export function idProblem(id: string): string | undefined {
  if (id === "") return "must not be empty";
  if (!id.isWellFormed()) return "has half a surrogate pair: it is not valid Unicode";
  if (isLonger(id, maxIdBytes)) return `is longer than ${maxIdBytes} bytes`;
  if (/[/\\?#]/.test(id)) return "must have none of the characters / \\ ? #";
  if (/^\s+$/.test(id)) return "must not be white space only";
  if (id.endsWith(" ")) return "must not end with a space";
  return id === "." || id === ".." ? "must not be . or .." : undefined;
}

/** What is wrong with a text in a partition key, as the end of a sentence that begins with it. */
export function partitionKeyProblem(value: string): string | undefined {
  if (!value.isWellFormed()) return "has half a surrogate pair: it is not valid Unicode";
  return isLonger(value, maxPartitionKeyBytes) ? `is longer than ${maxPartitionKeyBytes} bytes` : undefined;
}

/** A character has three bytes at most, half a pair counted as one. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
