import type ts from "typescript-6";
import type { Reading } from "./reading.ts";

/**
 * @param reading the reading, which remembers the brands it met
 * @param symbol a property
 * @param isOnPrimitive whether the property is intersected with a string or the like, where it can only be a brand
 * @returns its key as it is written; `undefined` when a symbol is its key and it is no brand
 */
export function propertyKey(reading: Reading, symbol: ts.Symbol, isOnPrimitive: boolean): string | undefined {
  const { name } = symbol;
  if (!name.startsWith("__@")) return quotedKey(name);
  const isZodBrand = name.startsWith("__@$brand@") && isDeclaredByZod(symbol);
  if (!isZodBrand && !isOnPrimitive) return undefined;
  return `[${brandName(reading.brands, name)}]`;
}

/** @returns the key as an identifier or a number where it is one, quoted otherwise */
export function quotedKey(name: string): string {
  if (/^(?:0|[1-9]\d*)$/u.test(name) && String(Number(name)) === name) return name;
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? name : JSON.stringify(name);
}

/** The compiler numbers unique symbols, so that two of one name stay two: `__@userId@712`. */
function brandName(brands: Map<string, string>, name: string): string {
  const known = brands.get(name);
  if (known !== undefined) return known;
  const bare =
    name.slice("__@".length).replace(/@\d+$/u, "").replace(/\W/gu, "").replace(/^\$/u, "") || "brand";
  const taken = new Set(brands.values());
  let free = bare;
  for (let count = 2; taken.has(free); count++) free = `${bare}${count}`;
  brands.set(name, free);
  return free;
}

function isDeclaredByZod(symbol: ts.Symbol): boolean {
  return (
    symbol.declarations?.some((declaration) => /\/zod\//u.test(declaration.getSourceFile().fileName)) ?? false
  );
}
