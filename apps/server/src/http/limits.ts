/** Bytes that a request's body may have: an item of 2 MB, as JSON in JSON at its worst, fits. */
export const maxBodyBytes = 4 * 1024 * 1024;

/** How long a stop waits for requests in flight, in milliseconds. */
export const drainTimeout = 10_000;
