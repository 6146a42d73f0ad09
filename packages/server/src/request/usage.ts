/** What a request is charged, summed over the calls of a batch. */
export interface Charge {
  /** Request units (RU) so far. */
  readonly requestUnits: number;
  /** Adds what an operation cost that went past the request's stores. */
  add(requestUnits: number): void;
}

/** What a request costs and takes. */
export class Usage implements Charge {
  readonly #begun = performance.now();
  #requestUnits = 0;
  #running = 0;
  #since = 0;
  #databaseTime = 0;

  get requestUnits(): number {
    return this.#requestUnits;
  }

  add(requestUnits: number): void {
    this.#requestUnits += requestUnits;
  }

  /** Milliseconds since the request began. */
  total(): number {
    return performance.now() - this.#begun;
  }

  /** Milliseconds in which at least one of its calls waited for the database. */
  database(): number {
    return this.#databaseTime + (this.#running > 0 ? performance.now() - this.#since : 0);
  }

  /** Takes the time of some work of the database. */
  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    // Calls of a batch overlap: their common time counts once.
    if (this.#running === 0) this.#since = performance.now();
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#databaseTime += performance.now() - this.#since;
    }
  }
}
