import type { ContainerEntry } from "../store/catalog.ts";
import type { Store } from "../store/openStore.ts";
import type { StoredDocument } from "../store/storedDocument.ts";
import { defaultTtl } from "../timeToLive.ts";

/** Removes a document whose time is over. A deletion like any other: it takes a log sequence number. */
export function removeExpired(container: ContainerEntry, document: StoredDocument): void {
  container.documents.nextLsn();
  container.documents.remove(document);
}

/** Documents that are removed at a time: requests are served in between. */
const turnLength = 100;

/** Between two looks for documents whose time is over, in milliseconds. */
const pause = 1_000;

/** Removes up to {@link turnLength} documents whose time is over; whether there may be more. */
function takeTurn(store: Store): boolean {
  const { catalog } = store;
  const now = Math.floor(Date.now() / 1000);
  for (const container of catalog.allContainers()) {
    const inherited = defaultTtl(container.definition);
    if (inherited === undefined) continue;
    const expired = container.documents.expired(now, inherited, turnLength);
    if (expired.length === 0) continue;
    store.transaction(() => {
      for (const document of expired) removeExpired(container, document);
    });
    return true;
  }
  return false;
}

/**
 * Removes documents whose time is over, from now until the returned function is called. Nobody sees them from their
 * last second on; this gives back their space and tells the change feed. It does not keep the process alive.
 */
export function startRemovingExpired(store: Store, onFault: (error: unknown) => void): () => void {
  let timer = setTimeout(turn, 0);
  timer.unref();
  function turn(): void {
    let hasMore = false;
    try {
      hasMore = takeTurn(store);
    } catch (error) {
      onFault(error);
    }
    timer = setTimeout(turn, hasMore ? 0 : pause);
    timer.unref();
  }
  return () => clearTimeout(timer);
}
