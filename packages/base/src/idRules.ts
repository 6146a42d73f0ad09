/** Bytes of UTF-8 that an id may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
export const maxIdBytes = 1_023;

/** Bytes of UTF-8 that a value of a partition key may have. Source: the same. */
export const maxPartitionKeyBytes = 2_048;

/** A rule of a text: whether it is broken, and what to say then, as the end of a sentence that begins with the text. */
type Rule = readonly [isBroken: (text: string) => boolean, message: string];

const valid: Rule = [(text) => !text.isWellFormed(), "has half a surrogate pair: it is not valid Unicode"];

const idRules: readonly Rule[] = [
  [(id) => id === "", "must not be empty"],
  // No URL can carry it.
  valid,
  [(id) => isLonger(id, maxIdBytes), `is longer than ${maxIdBytes} bytes`],
  // The SDK and the service refuse these.
  [(id) => /[/\\?#]/.test(id), "must have none of the characters / \\ ? #"],
  [(id) => id.endsWith(" "), "must not end with a space"],
  // The SDK writes such an item, and then does not read it. Source: `@azure/cosmos`, helper.js, validateItemResourceId.
  [(id) => /^\s+$/.test(id), "must not be white space only"],
  // URLs drop them as path segments. Source: RFC 3986, 5.2.4.
  [(id) => id === "." || id === "..", "must not be '.' or '..'"],
];

const partitionKeyRules: readonly Rule[] = [
  valid,
  [(value) => isLonger(value, maxPartitionKeyBytes), `is longer than ${maxPartitionKeyBytes} bytes`],
];

const none: readonly string[] = [];

const broken = (rules: readonly Rule[], text: string): string[] =>
  rules.flatMap(([isBroken, message]) => (isBroken(text) ? [message] : []));

/** What most ids are: it breaks no rule, and is found at once. A page of a list has a hundred ids. */
const usualId = /^\w[\w.:~@-]{0,255}$/;

/** What is wrong with an id, whatever a container's schema says of it. */
export const idProblems = (id: string): readonly string[] => (usualId.test(id) ? none : broken(idRules, id));

/** What is wrong with a text in a partition key. */
export const partitionKeyProblems = (value: string): readonly string[] =>
  usualId.test(value) ? none : broken(partitionKeyRules, value);

/** A character has three bytes at most, half a pair counted as one. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
