import { removeExpired } from "../../execution/removeExpired.ts";
import { responseTooLarge, uniqueKeyViolation } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { DocumentWrite, StoredDocument } from "../../store/storedDocument.ts";
import { isExpired } from "../../timeToLive.ts";
import { complete, type NewDocument, systemBytes } from "./documentBody.ts";
import type { DocumentRequest } from "./documentRequest.ts";

/** What lies where a document is to be written. A document whose time is over is not there, but in the way. */
export interface Place {
  readonly live: StoredDocument | undefined;
  readonly expired: StoredDocument | undefined;
}

/** Looks at where a document is to be written. */
export function placeOf(container: ContainerEntry, { key }: NewDocument): Place {
  const found = container.documents.find(key);
  if (found === undefined) return { live: undefined, expired: undefined };
  return isExpired(container, found)
    ? { live: undefined, expired: found }
    : { live: found, expired: undefined };
}

/**
 * The last check of a write, and what then writes it, in a transaction.
 *
 * @param place what the document replaces
 */
export function storeDocument(
  { container, room }: DocumentRequest,
  document: NewDocument,
  place: Place,
): () => DocumentWrite {
  const { documents } = container;
  if (document.bytes + systemBytes > room) throw responseTooLarge();
  const gone = place.expired === undefined ? [] : [place.expired];
  for (const number of documents.uniqueKeyHolders(document.key.pk, document.content)) {
    if (number === place.live?.number || number === place.expired?.number) continue;
    const holder = documents.findByNumber(number);
    if (holder === undefined) continue;
    if (!isExpired(container, holder)) throw uniqueKeyViolation();
    gone.push(holder);
  }
  return () => {
    for (const expired of new Map(gone.map((found) => [found.number, found])).values()) {
      removeExpired(container, expired);
    }
    const write = complete(container, document, place.live?.number);
    if (place.live === undefined) documents.insert(write);
    else documents.update(write, place.live);
    return write;
  };
}
