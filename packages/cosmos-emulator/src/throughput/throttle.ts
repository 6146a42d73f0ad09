import { type Call, header } from "../http/call.ts";
import { effectivePartitionKey } from "../partitionKey/effectivePartitionKey.ts";
import { parsePartitionKeyHeader } from "../partitionKey/partitionKey.ts";
import { rangeOf } from "../partitionKey/partitionKeyRange.ts";
import { ServiceError } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { Store } from "../store/openStore.ts";
import { ceiling } from "./throughput.ts";

/** Request units that a physical partition, or a database's shared throughput, has left. */
interface Bucket {
  /** Below zero after a request that cost more than there was. */
  left: number;
  /** When it was last filled up, in milliseconds. */
  at: number;
}

/** Takes request units from a request's bucket once its charge is known. */
type Consume = (charge: number) => void;

/** Throttles data requests to the throughput that was provisioned. */
export interface Throttle {
  /**
   * Refuses a request with 429/3200 whose partition has used up its request units. Nothing is returned for requests
   * that no provisioned throughput covers.
   */
  admit(store: Store, call: Call): Consume | undefined;
  /**
   * What an operation inside a batch is refused with, when those before it took more request units than the batch's
   * partition had left.
   *
   * @param consumed request units that the operations before it cost
   */
  refusalInBatch(store: Store, call: Call, consumed: number): ServiceError | undefined;
}

/** What a throttled request costs: next to nothing, but not nothing. Source: Azure/azure-sdk-for-java, issue 20288. */
const refusalCharge = 0.38;

/**
 * A container's throughput is shared out evenly among its physical partitions; that of a database is one for all its
 * containers without throughput of their own. A request is taken while anything is left, whatever it then costs; what
 * it takes beyond that, later ones wait for. Of autoscale, the maximum counts: it scales at once.
 * Source: Learn, "Partitioning, physical partitions", "Provisioned throughput" and "Request rate too large".
 */
export function createThrottle(now: () => number = () => performance.now()): Throttle {
  const buckets = new Map<string, Bucket>();

  function fill(name: string, perSecond: number): Bucket {
    const time = now();
    const bucket = buckets.get(name);
    if (bucket === undefined) {
      // A bucket that nothing was taken from for a second is full, as if it were new.
      if (buckets.size >= 10_000) buckets.clear();
      const full = { left: perSecond, at: time };
      buckets.set(name, full);
      return full;
    }
    bucket.left = Math.min(perSecond, bucket.left + ((time - bucket.at) * perSecond) / 1000);
    bucket.at = time;
    return bucket;
  }

  function bucketOf(store: Store, call: Call): { bucket: Bucket; perSecond: number } | undefined {
    const { ids, type } = call.target;
    if (type !== "docs" || ids.dbs === undefined || ids.colls === undefined) return undefined;
    const database = store.catalog.findDatabase(ids.dbs);
    const container = database && store.catalog.findContainer(database, ids.colls);
    if (database === undefined || container === undefined) return undefined;
    const own = store.offers.of(container.rid);
    const offer = own ?? store.offers.of(database.rid);
    if (offer === undefined) return undefined;
    const share = own === undefined ? 1 : container.ranges.length;
    const perSecond = ceiling(offer.throughput) / share;
    const name = own === undefined ? offer.rid : `${offer.rid}/${rangeIdOf(container, call)}`;
    return { bucket: fill(name, perSecond), perSecond };
  }

  return {
    admit(store, call) {
      const found = bucketOf(store, call);
      if (found === undefined) return undefined;
      const { bucket, perSecond } = found;
      if (bucket.left <= 0) throw tooManyRequests(bucket.left, perSecond);
      return (charge) => {
        bucket.left -= charge;
      };
    },
    refusalInBatch(store, call, consumed) {
      const found = bucketOf(store, call);
      if (found === undefined) return undefined;
      const left = found.bucket.left - consumed;
      return left > 0 ? undefined : tooManyRequests(left, found.perSecond);
    },
  };
}

/** The physical partition that a request goes to; the first when it does not say. */
function rangeIdOf({ ranges, partitionKey }: ContainerEntry, call: Call): string | undefined {
  const [first] = ranges;
  if (ranges.length === 1) return first?.id;
  const named = header(call, "x-ms-documentdb-partitionkeyrangeid");
  if (named !== undefined) return ranges.find(({ id }) => id === named)?.id ?? first?.id;
  const key = header(call, "x-ms-documentdb-partitionkey");
  if (key === undefined) return first?.id;
  const values = parsePartitionKeyHeader(key);
  if (values.length !== partitionKey.paths.length) return first?.id;
  return rangeOf(ranges, effectivePartitionKey(values, partitionKey)).id;
}

/** @param left request units that the partition has left: none, or less than none */
const tooManyRequests = (left: number, perSecond: number): ServiceError =>
  new ServiceError(
    429,
    'Message: {"Errors":["Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429"]}',
    {
      substatus: 3200,
      headers: {
        "x-ms-retry-after-ms": String(Math.ceil((-left * 1000) / perSecond) + 1),
        "x-ms-request-charge": String(refusalCharge),
      },
    },
  );
