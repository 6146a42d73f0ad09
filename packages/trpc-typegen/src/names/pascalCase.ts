/** @returns the words of some names as one name of a type: `["orders", "get-all"]` becomes `OrdersGetAll` */
export function pascalCase(...names: readonly string[]): string {
  const words = names.join(" ").match(/[\p{L}\p{N}$_]+/gu) ?? [];
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[\p{L}$_]/u.test(joined) ? joined : `T${joined}`;
}

/** @returns the name for what a schema describes: `itemSchema` becomes `Item` */
export function nameForSchema(constant: string): string {
  const bare = constant.replace(/(?:Schema|_schema)$/u, "");
  return pascalCase(bare === "" ? constant : bare);
}
