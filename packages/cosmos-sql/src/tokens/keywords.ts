/**
 * The reserved words: none can be an alias or follow a dot, so `c.order` must be written `c["order"]`.
 * Source: azure-cosmos-dotnet-v3, Microsoft.Azure.Cosmos/src/Query/Core/Parser/sql.g4.
 */
const reservedWords = new Set([
  "AND",
  "ARRAY",
  "AS",
  "ASC",
  "BETWEEN",
  "BY",
  "DESC",
  "DISTINCT",
  "ESCAPE",
  "EXISTS",
  "FROM",
  "GROUP",
  "IN",
  "JOIN",
  "LEFT",
  "LIKE",
  "LIMIT",
  "NOT",
  "OFFSET",
  "OR",
  "ORDER",
  "RIGHT",
  "SELECT",
  "TOP",
  "VALUE",
  "WHERE",
]);

/** The reserved words that are case-sensitive, as in the same grammar. */
const caseSensitiveWords = new Set(["true", "false", "null", "undefined", "udf"]);

const maxWordLength = 9;

/** The word in its canonical case if it is reserved. */
export function reservedWord(word: string): string | undefined {
  if (word.length > maxWordLength) return undefined;
  if (caseSensitiveWords.has(word)) return word;
  const upper = word.toUpperCase();
  return reservedWords.has(upper) ? upper : undefined;
}
