import type { JsonObject, JsonObjectDraft } from "@cosmos-trpc/cosmos-sql/json";
import { extractPartitionKey, type PartitionKeyDefinition } from "../partitionKey/partitionKey.ts";
import type { Change } from "../store/changeHistory.ts";

/**
 * A change as all versions and deletes show it: the version written, or for a delete the version before, and metadata.
 * Source: Learn, "Change feed modes, parse the response object"; the .NET SDK's ChangeFeedMetadata; wire format
 * 2021-09-15.
 */
export function changeRecord(change: Change, definition: PartitionKeyDefinition): string {
  const { lsn, operation, ts, previousLsn, body } = change;
  const metadata: JsonObjectDraft = { lsn, crts: ts, operationType: operation };
  if (previousLsn !== null) metadata["previousImageLSN"] = previousLsn;
  if (operation !== "delete") return `{"current":${body},"metadata":${JSON.stringify(metadata)}}`;
  const previous = JSON.parse(body) as JsonObject;
  metadata["timeToLiveExpired"] = change.expired === 1;
  metadata["id"] = previous["id"] ?? null;
  metadata["partitionKey"] = keyByName(previous, definition);
  return `{"current":{},"previous":${body},"metadata":${JSON.stringify(metadata)}}`;
}

/** A document's partition key by the names of its properties; a level that the document lacks is left out. */
function keyByName(document: JsonObject, definition: PartitionKeyDefinition): JsonObject {
  const values = extractPartitionKey(document, definition);
  return Object.fromEntries(
    definition.paths.flatMap((path, level) => {
      const value = values[level];
      return value === undefined ? [] : [[path.slice(1), value]];
    }),
  );
}
