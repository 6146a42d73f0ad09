import type { RegionView } from "../regions/regionView.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { EpkRange, StoredDocument } from "../store/storedDocument.ts";
import { isExpired } from "../timeToLive.ts";

/** The part of a container that a request is about. */
export interface FeedRange {
  readonly container: ContainerEntry;
  /** Only documents of this partition key, as `partitionKeyText` writes it. */
  readonly pk?: string | undefined;
  /** Only documents whose effective partition keys are in this range. */
  readonly range: EpkRange;
  /** What the region sees of the documents. */
  readonly view: RegionView;
}

/** Whether a document is in the feed range, and not past its time to live. */
export function isInFeedRange({ container, range }: FeedRange, document: StoredDocument): boolean {
  if (document.epk < range.min || document.epk >= range.max) return false;
  return !isExpired(container, document);
}
