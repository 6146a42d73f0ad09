import type { Snapshots } from "./execution/snapshots.ts";
import type { FaultCheck } from "./faults/faults.ts";
import type { RegionView } from "./regions/regionView.ts";
import type { Store } from "./store/openStore.ts";
import type { Throttle } from "./throughput/throttle.ts";

/** A region of the account, and where it listens. */
export interface Region {
  /** As Azure names it: `East US`. */
  readonly name: string;
  readonly endpoint: string;
  /** Whether it is out of order: the account's document then leaves it out. */
  readonly isDown: boolean;
}

/** The database account that operations work on. */
export interface Account {
  /**
   * The account's name. Never `localhost`: for that id `@azure/cosmos` ignores the account's regions and reads the
   * account again before every request (globalEndpointManager.js).
   */
  readonly id: string;
  readonly store: Store;
  /** The regions, the write region first. */
  readonly regions: readonly Region[];
  /** The region that this request came to. */
  readonly region: Region;
  /** What that region sees of the documents. */
  readonly view: RegionView;
  /** How many physical partitions every new container has; left out where its throughput decides. */
  readonly physicalPartitions: number | undefined;
  /** Results of queries that are handed out page by page. */
  readonly snapshots: Snapshots;
  /** What befalls the operations inside batches. */
  readonly faults: Pick<FaultCheck, "takeInBatch">;
  /** Left out where provisioned throughput is not enforced. */
  readonly throttle: Throttle | undefined;
}
