import { isObject, type Json, type JsonObject, own } from "../json.ts";
import { readPartitionKeyDefinition } from "../partitionKey/partitionKey.ts";
import { badRequest } from "../serviceError.ts";
import { checkNesting } from "./checkNesting.ts";
import { readUniqueKeyPolicy } from "./uniqueKeyPolicy.ts";

/** What a container has when its definition says nothing. Source: Learn, "Indexing policies". */
const defaultIndexingPolicy: JsonObject = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/*" }],
  excludedPaths: [{ path: '/"_etag"/?' }],
};

/** Properties of a definition that are kept as the client sent them. */
const kept = ["computedProperties", "changeFeedPolicy", "vectorEmbeddingPolicy"] as const;

/** Reads a container's definition: what the client sent, checked, with the service's defaults filled in. */
export function readContainerDefinition(id: string, body: JsonObject): JsonObject {
  checkNesting(body);
  const { paths, kind, version } = readPartitionKeyDefinition(own(body, "partitionKey"));
  const definition: JsonObject = {
    id,
    indexingPolicy: readIndexingPolicy(own(body, "indexingPolicy")),
    partitionKey: { paths, kind, version },
    conflictResolutionPolicy: own(body, "conflictResolutionPolicy") ?? {
      mode: "LastWriterWins",
      conflictResolutionPath: "/_ts",
      conflictResolutionProcedure: "",
    },
    geospatialConfig: own(body, "geospatialConfig") ?? { type: "Geography" },
  };
  const ttl = readTtl(own(body, "defaultTtl"));
  if (ttl !== undefined) definition["defaultTtl"] = ttl;
  const uniqueKeyPolicy = readUniqueKeyPolicy(own(body, "uniqueKeyPolicy"));
  if (uniqueKeyPolicy !== undefined) definition["uniqueKeyPolicy"] = uniqueKeyPolicy;
  for (const name of kept) {
    const value = own(body, name);
    if (value !== undefined && value !== null) definition[name] = value;
  }
  return definition;
}

function readIndexingPolicy(value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return defaultIndexingPolicy;
  if (!isObject(value)) throw badRequest("The property 'indexingPolicy' has to be an object.");
  return { ...defaultIndexingPolicy, ...value };
}

/** Source: Learn, "Time to live": -1 keeps for ever what has no `ttl` of its own, else whole seconds. */
function readTtl(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (
    typeof value === "number" &&
    Number.isInteger(value) &&
    (value === -1 || value > 0) &&
    value <= 2 ** 31 - 1
  ) {
    return value;
  }
  throw badRequest(
    `The property 'defaultTtl' is ${JSON.stringify(value)}: it has to be -1, or a whole number from 1 to 2147483647.`,
  );
}
