/**
 * The operators between two operands, the weakest binding first; AND, OR and `??` bind weaker than all of them. The
 * order is that of azure-cosmos-dotnet-v3's sql.g4, which has no shift operators; they stand where C# and JavaScript
 * have them, whose rules the documentation's page "Bitwise operators" names.
 */
export const operatorsByStrength = [
  ["||"],
  ["|"],
  ["^"],
  ["&"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>", ">>>"],
  ["+", "-"],
  ["*", "/", "%"],
] as const;

/** An operator between two operands, except AND and OR. */
export type BinaryOperator = (typeof operatorsByStrength)[number][number] | "??";

/** The operators before their operand. */
export const unaryOperators = ["-", "+", "~", "NOT"] as const;

/** An operator before its operand. */
export type UnaryOperator = (typeof unaryOperators)[number];
