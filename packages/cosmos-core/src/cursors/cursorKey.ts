import { createSecretKey, hash, type KeyObject, randomBytes } from "node:crypto";
import type { Container, ItemDefinition } from "@azure/cosmos";
import { type AnyDefinition, partitionKeyPaths } from "../definition/containerDefinition.ts";
import { definitionPath, type ItemPath } from "../definition/itemPath.ts";
import { StoreError } from "../errors/errors.ts";
import { fromSdkError } from "../sdk/cosmosFailure.ts";
import { withinDeadline } from "../sdk/deadline.ts";

/**
 * The id of the document that keeps the key which signs cursors. It lies in the container itself, the only place that
 * every instance of an application can write to and that nobody else reads: there is no secret to hand out. The store
 * takes it for no item: it does not read, write or list it.
 */
export const cursorKeyId = "cosmos-trpc:cursor-key";

/** Bytes of the key: as many as SHA-256 has. */
const keyBytes = 32;

/** A key that was given, whatever its length, as the HMAC's. */
export const givenCursorKey = (key: string): KeyObject => createSecretKey(hash("sha256", key, "buffer"));

/**
 * The key of a container's cursors: read from the container, made by the first process that needs it. Of processes that
 * make it at once one wins, and the others take the winner's.
 */
export function storedCursorKey(container: Container, definition: AnyDefinition): () => Promise<KeyObject> {
  const paths = partitionKeyPaths(definition).map(definitionPath);
  const partitionKey = paths.map(() => cursorKeyId);

  async function readKey(): Promise<KeyObject | undefined> {
    const query = {
      query: "SELECT VALUE c.cursorKey FROM c WHERE c.id = @id",
      parameters: [{ name: "@id", value: cursorKeyId }],
    };
    const { resources } = await withinDeadline(undefined, (abortSignal) =>
      container.items.query<string>(query, { partitionKey, abortSignal }).fetchAll(),
    );
    return resources[0] === undefined ? undefined : createSecretKey(resources[0], "base64");
  }

  async function makeKey(): Promise<void> {
    const body: ItemDefinition = {
      id: cursorKeyId,
      cursorKey: randomBytes(keyBytes).toString("base64"),
      // For ever, where the container lets items go after a time.
      ...(definition.ttl === undefined ? {} : { ttl: -1 }),
    };
    for (const path of paths) put(body, path, cursorKeyId);
    await withinDeadline(undefined, (abortSignal) => container.items.create(body, { abortSignal }));
  }

  async function openKey(): Promise<KeyObject> {
    try {
      const known = await readKey();
      if (known !== undefined) return known;
      await makeKey().catch((error: unknown) => {
        if (fromSdkError(error).reason !== "conflict") throw error;
      });
      const made = await readKey();
      if (made !== undefined) return made;
    } catch (error) {
      const failure = fromSdkError(error);
      throw new StoreError(failure.reason, `No key for cursors: ${failure.message}`, failure, error);
    }
    throw new StoreError("unavailable", "The key for cursors was written and is not there yet.");
  }

  let key: Promise<KeyObject> | undefined;
  return () => {
    key ??= openKey().catch((error: unknown) => {
      // The next page tries again.
      key = undefined;
      throw error;
    });
    return key;
  };
}

function put(body: Record<string, unknown>, path: ItemPath, value: string): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) body[name] = value;
  else {
    const inner = { ...(body[name] as Record<string, unknown> | undefined) };
    put(inner, rest, value);
    body[name] = inner;
  }
}

/** Refuses the id that is not an item's. */
export function refuseReserved(id: string): void {
  if (id !== cursorKeyId) return;
  throw new StoreError("invalid", `The id ${cursorKeyId} is kept for the store itself: use another.`, {
    fields: [{ path: "id", message: "is kept for the store itself: use another" }],
  });
}
