import type { ContainerEntry } from "../store/catalog.ts";
import type { PastWrite } from "../store/recentWrites.ts";
import type { DocumentKey, StoredDocument } from "../store/storedDocument.ts";

/**
 * What a region sees of the documents. A read region whose replication lags sees them as they were a while ago;
 * databases and containers are seen everywhere at once.
 *
 * A point read takes `find`. Whatever reads many documents maps each through `versionOf` and adds `deleted`.
 */
export interface RegionView {
  /** The log sequence number of the last write that the region sees. */
  lsn(container: ContainerEntry): number;
  find(container: ContainerEntry, key: DocumentKey): StoredDocument | undefined;
  /** The version of a document that the region sees: the given one, an earlier one, or none. */
  versionOf(container: ContainerEntry, document: StoredDocument): StoredDocument | undefined;
  /** Documents that the region still sees although they were deleted. */
  deleted(container: ContainerEntry): readonly (StoredDocument & DocumentKey)[];
}

/**
 * @param lag by how many milliseconds the region is behind: 0 for the write region
 */
export function createRegionView(lag: () => number): RegionView {
  /** The writes that the region does not see, the oldest first. */
  const unseen = ({ documents }: ContainerEntry): readonly PastWrite[] => {
    const milliseconds = lag();
    return milliseconds === 0 ? [] : documents.recent.youngerThan(milliseconds);
  };

  function versionOf(container: ContainerEntry, document: StoredDocument): StoredDocument | undefined {
    const first = unseen(container).find(({ number }) => number === document.number);
    return first === undefined ? document : first.previous;
  }

  function deleted(container: ContainerEntry): (StoredDocument & DocumentKey)[] {
    const writes = unseen(container);
    return writes
      .filter(({ isDelete }) => isDelete)
      .flatMap(({ number, key }) => {
        const seen = writes.find((write) => write.number === number)?.previous;
        return seen === undefined ? [] : [{ ...seen, ...key }];
      });
  }

  return {
    lsn(container) {
      const [first] = unseen(container);
      return first === undefined ? container.documents.lsn() : first.lsn - 1;
    },
    find(container, key) {
      const current = container.documents.find(key);
      if (lag() === 0) return current;
      const version = current === undefined ? undefined : versionOf(container, current);
      return version ?? deleted(container).find(({ pk, id }) => pk === key.pk && id === key.id);
    },
    versionOf,
    deleted,
  };
}
