/** Keys that one `getMany` may have. */
export const maxKeys = 1_000;

/** Items that one `bulk` may have. */
export const maxBulkItems = 1_000;
