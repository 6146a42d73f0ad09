/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Levels that objects and arrays may nest in a field: under Cosmos DB's 128 for a whole item. */
export const maxJsonDepth = 120;

/** Whether a value is an object of named values: neither `null` nor an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is an object of JSON values. */
export const isJsonObject = (value: unknown): value is { [name: string]: Json } =>
  isRecord(value) && isJson(value);

/** Whether a value is JSON that nests no deeper than {@link maxJsonDepth}. Walks without recursion: any depth may come in. */
export function isJson(value: unknown): value is Json {
  if (typeof value !== "object" || value === null) return isScalar(value);
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxJsonDepth) return false;
    const next: object[] = [];
    for (const container of level) {
      for (const child of Object.values(container) as unknown[]) {
        if (typeof child === "object" && child !== null) next.push(child);
        else if (!isScalar(child)) return false;
      }
    }
    level = next;
  }
  return true;
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
