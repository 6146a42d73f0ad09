/** What a request is charged, summed over the calls of a batch. */
export interface Charge {
  /** Request units (RU) so far. */
  readonly requestUnits: number;
  /** Adds what an operation cost that went past the request's stores. */
  add(requestUnits: number): void;
}

/** What a request costs and takes. */
export interface Usage extends Charge {
  /** Milliseconds since the request began. */
  total(): number;
  /** Milliseconds in which at least one of its calls waited for the database. */
  database(): number;
  /** Takes the time of some work of the database. */
  timed<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Begins a request. */
export function startUsage(): Usage {
  const begun = performance.now();
  let requestUnits = 0;
  let running = 0;
  let since = 0;
  let databaseTime = 0;
  return {
    get requestUnits() {
      return requestUnits;
    },
    total: () => performance.now() - begun,
    database: () => databaseTime + (running > 0 ? performance.now() - since : 0),
    add(more) {
      requestUnits += more;
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
