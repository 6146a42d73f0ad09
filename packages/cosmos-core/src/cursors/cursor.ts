import { createHmac, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Json } from "@cosmos-trpc/base";
import { StoreError } from "../errors/errors.ts";

/** Bytes of the HMAC and of the digest that a cursor has: 128 bits, which nobody guesses. */
const macBytes = 16;

/** Characters of a cursor, at most: it travels in URLs and headers. */
export const maxCursorLength = 16_384;

/** Bytes that a cursor's inside may unpack to. */
const maxStateBytes = 1_048_576;

/** Bytes from which a state is packed: below, that costs more time than it saves bytes. */
const packedFrom = 1_024;

/** Whether a cursor's state is packed. */
type Flag = 0 | 1;

/** Makes cursors and reads them back. */
export interface Cursors {
  /** A cursor that goes on from a state, for this query and no other. */
  write(query: unknown, state: Json): Promise<string>;
  /** The state. @throws StoreError `invalid` for a cursor that is cut, altered or of another query or container */
  read(query: unknown, cursor: string): Promise<Json>;
}

/**
 * Cursors of a container: base64url of a flag, an HMAC (SHA-256, 128 bits), a digest of the query, and the state as
 * JSON, packed where that is shorter. The HMAC shows what is not ours or was altered, the digest what is of another
 * query; the container's resource id is in the digest, so that the cursor of a deleted container is another's too.
 *
 * @param rid the container's `_rid`
 * @param key gives the key of the HMAC, the same one in every process that serves the container
 */
export function createCursors(rid: string, key: () => Promise<KeyObject>): Cursors {
  const digest = (query: unknown): Buffer =>
    hash("sha256", JSON.stringify([rid, query]), "buffer").subarray(0, macBytes);
  const sign = (secret: KeyObject, signed: Buffer): Buffer =>
    createHmac("sha256", secret).update(signed).digest().subarray(0, macBytes);

  return {
    async write(query, state) {
      const plain = Buffer.from(JSON.stringify(state));
      const packed = plain.length < packedFrom ? plain : deflateRawSync(plain);
      const flag: Flag = packed === plain ? 0 : 1;
      const signed = Buffer.concat([Buffer.from([flag]), digest(query), packed]);
      const cursor = Buffer.concat([sign(await key(), signed), signed]).toString("base64url");
      if (cursor.length <= maxCursorLength) return cursor;
      throw new StoreError(
        "invalid",
        "The place where this page ends is too long for a cursor: sort by a path whose values are shorter.",
        { fields: [{ path: "orderBy", message: "has values that are too long to page by" }] },
      );
    },

    async read(query, cursor) {
      const bytes = decode(cursor);
      const signed = bytes?.subarray(macBytes);
      if (bytes === undefined || signed === undefined || signed.length <= macBytes + 1) throw altered();
      if (!timingSafeEqual(sign(await key(), signed), bytes.subarray(0, macBytes))) throw altered();
      if (!timingSafeEqual(digest(query), signed.subarray(1, 1 + macBytes))) {
        throw refused(
          "The cursor is of another query or container: use it with the query whose page it came with.",
        );
      }
      const state = signed.subarray(1 + macBytes);
      const plain = signed[0] === 0 ? state : inflateRawSync(state, { maxOutputLength: maxStateBytes });
      return JSON.parse(plain.toString()) as Json;
    },
  };
}

/** Only what {@link Cursors.write} writes: base64 has other texts for the same bytes. */
function decode(cursor: unknown): Buffer | undefined {
  if (typeof cursor !== "string" || cursor.length > maxCursorLength) return undefined;
  const bytes = Buffer.from(cursor, "base64url");
  return bytes.toString("base64url") === cursor ? bytes : undefined;
}

const altered = (): StoreError =>
  refused("The cursor is none of this container's, or was cut or altered: start without one.");

const refused = (message: string): StoreError =>
  new StoreError("invalid", message, { fields: [{ path: "cursor", message }] });
