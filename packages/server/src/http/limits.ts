/** Bytes that a request's body may have: an item of 2 MB, as JSON in JSON at its worst, fits. */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Bytes that a request's address and headers may have together: a cursor fits twice, since an `EventSource` that
 * connects again sends its last event's id in a header beside the one in its address.
 */
export const maxHeaderBytes = 64 * 1024;

/** How long a stop waits for requests in flight, in milliseconds. */
export const drainTimeout = 10_000;

/** Streams of events, in milliseconds. */
export const eventStream = {
  /** Between pings: under the four minutes after which Azure's load balancer cuts a silent connection. */
  pingInterval: 15_000,
  /** After so long without any word a client connects again. */
  silence: 45_000,
} as const;
