/** What a request costs, summed over the calls of a batch. */
export interface Usage {
  /** Request units (RU) so far. */
  readonly requestCharge: number;
  /** Milliseconds since the request began. */
  total(): number;
  /** Milliseconds in which at least one of its calls waited for the database. */
  database(): number;
  /** Adds to the charge. */
  charge(requestCharge: number): void;
  /** Takes the time of some work of the database. */
  timed<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Begins a request. */
export function startUsage(): Usage {
  const begun = performance.now();
  let requestCharge = 0;
  let running = 0;
  let since = 0;
  let databaseTime = 0;
  return {
    get requestCharge() {
      return requestCharge;
    },
    total: () => performance.now() - begun,
    database: () => databaseTime + (running > 0 ? performance.now() - since : 0),
    charge(more) {
      requestCharge += more;
    },
    async timed(work) {
      // Calls of a batch overlap: their common time counts once.
      if (running === 0) since = performance.now();
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) databaseTime += performance.now() - since;
      }
    },
  };
}
