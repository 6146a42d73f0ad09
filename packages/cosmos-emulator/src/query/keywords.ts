/**
 * The reserved words: none can be an alias or follow a dot, so `c.order` must be written `c["order"]`.
 * Source: azure-cosmos-dotnet-v3, Microsoft.Azure.Cosmos/src/Query/Core/Parser/sql.g4.
 */
const RESERVED = new Set([
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
const CASE_SENSITIVE = new Set(["true", "false", "null", "undefined", "udf"]);

const LONGEST = 9;

/** The word in its canonical case if it is reserved. */
export function reservedWord(word: string): string | undefined {
  if (word.length > LONGEST) {
    return undefined;
  }
  if (CASE_SENSITIVE.has(word)) {
    return word;
  }
  const upper = word.toUpperCase();
  return RESERVED.has(upper) ? upper : undefined;
}
