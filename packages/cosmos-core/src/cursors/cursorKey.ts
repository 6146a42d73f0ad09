import { createSecretKey, hash, type KeyObject, randomBytes } from "node:crypto";
import { putAt } from "@cosmos-trpc/base";
import { type AnyDefinition, partitionKeyPaths } from "../definition/containerDefinition.ts";
import { definitionPath } from "../definition/containerPath.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import { StoreError } from "../errors/errors.ts";
import type { Container } from "../sdk/client.ts";
import { fromAnswer, fromSdkError } from "../sdk/cosmosFailure.ts";
import { withinDeadline } from "../sdk/deadline.ts";
import { sendAlone } from "../sdk/pointRequest.ts";
import { queryPage } from "../sdk/queryPage.ts";

/**
 * The id of the document that keeps the key which signs cursors. It lies in the container itself, the only place that
 * every instance of an application can write to and that nobody else reads: there is no secret to hand out. The store
 * takes it for no item: it does not read, write or list it.
 */
export const cursorKeyId = "cosmos-trpc:cursor-key";

/** The status for what is there already. */
const conflict = 409;

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
    const page = { maxItemCount: 1, partitionKey, isExplained: false, signal: undefined };
    const [key] = (await queryPage(container, query, page)).documents as unknown as string[];
    return key === undefined ? undefined : createSecretKey(key, "base64");
  }

  async function makeKey(): Promise<void> {
    const body: ItemDefinition = {
      id: cursorKeyId,
      cursorKey: randomBytes(keyBytes).toString("base64"),
      // For ever, where the container lets items go after a time.
      ...(definition.ttl === undefined ? {} : { ttl: -1 }),
    };
    for (const path of paths) putAt(body, path, cursorKeyId);
    const key = { id: cursorKeyId, pk: partitionKey };
    const { status, ...answer } = await withinDeadline(undefined, (abortSignal) =>
      sendAlone(container, { kind: "create", key, body, size: 0 }, abortSignal),
    );
    // Of processes that make it at once one is first.
    if (status >= 400 && status !== conflict) throw fromAnswer({ status, ...answer });
  }

  async function openKey(): Promise<KeyObject> {
    try {
      const known = await readKey();
      if (known !== undefined) return known;
      await makeKey();
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

/** Refuses the id that is not an item's. */
export function refuseReserved(id: string): void {
  if (id !== cursorKeyId) return;
  throw new StoreError("invalid", `The id ${cursorKeyId} is kept for the store itself: use another.`, {
    fields: [{ path: "id", message: "is kept for the store itself: use another" }],
  });
}
