/** What a request to the identity endpoint is answered with. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; nothing for 204. */
  readonly body?: unknown;
}
