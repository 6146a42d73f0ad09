import {
  isObject,
  type Json,
  type JsonObject,
  type JsonObjectDraft,
  own,
} from "@cosmos-trpc/cosmos-sql/json";
import { isBeforePartitionKeys } from "../../http/apiVersion.ts";
import { bodyObject, type Call } from "../../http/call.ts";
import { completeIndexingPolicy } from "../../indexing/indexingPolicy.ts";
import {
  type PartitionKeyDefinition,
  readPartitionKeyDefinition,
  systemPartitionKey,
} from "../../partitionKey/partitionKey.ts";
import { badRequest } from "../../serviceError.ts";
import { checkNesting, readName } from "../request.ts";
import { checkComputedProperties } from "./computedProperties.ts";
import { readUniqueKeyPolicy } from "./uniqueKeyPolicy.ts";

/** Properties of a definition that are kept as the client sent them. */
const kept = ["vectorEmbeddingPolicy", "fullTextPolicy"] as const;

/** A container's definition: what the client sent, checked, with the service's defaults filled in. */
interface ContainerDefinition {
  readonly id: string;
  readonly partitionKey: PartitionKeyDefinition;
  /** All of it. */
  readonly definition: JsonObject;
}

/** Reads a container's definition. */
export function readContainerDefinition(call: Call): ContainerDefinition {
  const body = bodyObject(call);
  const id = readName(body);
  checkNesting(body);
  const partitionKey = readPartitionKeyDefinition(
    own(body, "partitionKey") ?? (isBeforePartitionKeys(call) ? systemPartitionKey : undefined),
  );
  const definition: JsonObjectDraft = {
    id,
    indexingPolicy: completeIndexingPolicy(own(body, "indexingPolicy")),
    partitionKey: { ...partitionKey },
    conflictResolutionPolicy: own(body, "conflictResolutionPolicy") ?? {
      mode: "LastWriterWins",
      conflictResolutionPath: "/_ts",
      conflictResolutionProcedure: "",
    },
    geospatialConfig: own(body, "geospatialConfig") ?? { type: "Geography" },
  };
  const ttl = readTtl(own(body, "defaultTtl"));
  if (ttl !== undefined) definition["defaultTtl"] = ttl;
  const changeFeedPolicy = readChangeFeedPolicy(own(body, "changeFeedPolicy"));
  if (changeFeedPolicy !== undefined) definition["changeFeedPolicy"] = changeFeedPolicy;
  const uniqueKeyPolicy = readUniqueKeyPolicy(own(body, "uniqueKeyPolicy"));
  if (uniqueKeyPolicy !== undefined) definition["uniqueKeyPolicy"] = uniqueKeyPolicy;
  const computedProperties = own(body, "computedProperties");
  if (computedProperties !== undefined && computedProperties !== null) {
    definition["computedProperties"] = checkComputedProperties(computedProperties);
  }
  for (const name of kept) {
    const value = own(body, name);
    if (value !== undefined && value !== null) definition[name] = value;
  }
  return { id, partitionKey, definition };
}

/** Source: Learn, "Time to live": -1 keeps for ever what has no `ttl` of its own, else whole seconds. */
function readTtl(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
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

/**
 * Above 0 minutes of retention the container keeps all versions and deletes for that long.
 * Source: `@azure/cosmos`, client/ChangeFeed/ChangeFeedPolicy.js and ChangeFeedRetentionTimeSpan.js.
 */
function readChangeFeedPolicy(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const retention = isObject(value) ? (own(value, "retentionDuration") ?? 0) : undefined;
  if (
    typeof retention !== "number" ||
    !Number.isInteger(retention) ||
    retention < 0 ||
    retention > 2 ** 31 - 1
  ) {
    throw badRequest(
      "The property 'changeFeedPolicy' has to be an object whose 'retentionDuration' is a whole number of minutes.",
    );
  }
  return { retentionDuration: retention };
}
