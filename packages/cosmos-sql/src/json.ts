/** Any JSON value. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;

/** A JSON array. */
export type JsonArray = readonly Json[];

/** A JSON object; only its own properties count, whatever their names. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** What an expression evaluates to: JSON, or Cosmos DB's `undefined`, for which JavaScript's stands in. */
export type Value = Json | undefined;

/** A JSON value without parts. */
export type Scalar = null | boolean | number | string;

/** An object while it is being built. */
export type JsonObjectDraft = { [name: string]: Json };

/** Whether the value is an object, not an array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value is an array. */
export function isArray(value: Value): value is JsonArray {
  return Array.isArray(value);
}

/** Whether the value is defined and neither array nor object. */
export function isScalar(value: Value): value is Scalar {
  return value !== undefined && (value === null || typeof value !== "object");
}

/**
 * An own property's value. What an object inherits (`toString`, `__proto__`) is no data of the document.
 */
export function own(target: JsonObject, name: string): Value {
  return Object.hasOwn(target, name) ? target[name] : undefined;
}

/**
 * Sets an own property, as `JSON.parse` would: assigning `__proto__` would change the prototype instead.
 */
export function setOwnProperty(target: JsonObjectDraft, name: string, value: Json): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

/** Whether arrays and objects nest deeper than so many levels. */
export function isDeeperThan(value: Json, levels: number): boolean {
  if (value === null || typeof value !== "object") return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
