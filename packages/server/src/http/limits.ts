/** Bytes that a request's body may have: an item of 2 MB, as JSON in JSON at its worst, fits. */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Bytes that a request's address and headers may have together: a cursor fits twice, since an `EventSource` that
 * connects again sends its last event's id in a header beside the one in its address.
 */
export const maxHeaderBytes = 64 * 1024;

/** How long a stop waits for requests in flight, in milliseconds. */
export const drainTimeout = 10_000;

/** Streams of events, as tRPC configures them; for a tRPC instance of one's own: `initTRPC.create({ sse: eventStream })`. */
export const eventStream = {
  /** Pings come more often than every four minutes, after which Azure's load balancer cuts a silent connection. */
  ping: { enabled: true, intervalMs: 15_000 },
  /** After so long without any word a client connects again. */
  client: { reconnectAfterInactivityMs: 45_000 },
} as const;
