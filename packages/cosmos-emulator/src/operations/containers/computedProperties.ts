import {
  type ComputedProperties,
  type ComputedProperty,
  noComputedProperties,
  readComputedProperty,
} from "@cosmos-trpc/cosmos-sql";
import { isArray, isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { limits } from "../../limits.ts";
import { badRequest, withQueryErrors } from "../../serviceError.ts";

/** Names that the service gives to items. Source: Learn, "Computed properties", name constraints. */
const reserved: readonly string[] = ["id", "_rid", "_ts", "_etag", "_self", "_attachments"];

/** Checks the computed properties of a container's definition; nothing for none. */
export function checkComputedProperties(value: Json): Json {
  readAll(value);
  return value;
}

const known = new WeakMap<JsonObject, ComputedProperties>();

/** The computed properties that a container's definition has. */
export function computedPropertiesOf(definition: JsonObject): ComputedProperties {
  const value = own(definition, "computedProperties");
  if (value === undefined) return noComputedProperties;
  const read = known.get(definition) ?? readAll(value);
  known.set(definition, read);
  return read;
}

function readAll(value: Json): ComputedProperties {
  if (!isArray(value))
    throw badRequest(
      "One of the specified inputs is invalid: the property 'computedProperties' has to be an array.",
    );
  if (value.length > limits.computedProperties) {
    throw badRequest(
      `A container can have up to ${limits.computedProperties} computed properties, not ${value.length}.`,
    );
  }
  const properties = new Map<string, ComputedProperty>();
  for (const entry of value) {
    const name = isObject(entry) ? own(entry, "name") : undefined;
    const query = isObject(entry) ? own(entry, "query") : undefined;
    if (typeof name !== "string" || name === "" || typeof query !== "string") {
      throw badRequest("A computed property is an object with the strings 'name' and 'query'.");
    }
    if (reserved.includes(name)) {
      throw badRequest(`The name '${name}' is reserved: a computed property cannot have it.`);
    }
    if (properties.has(name)) throw badRequest(`There are two computed properties with the name '${name}'.`);
    properties.set(
      name,
      withQueryErrors(() => readComputedProperty(name, query)),
    );
  }
  return properties;
}
