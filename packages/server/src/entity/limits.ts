/** Keys that one `getMany` may have. */
export const maxKeys = 1_000;

/** Items that one `bulk` may have. */
export const maxBulkItems = 1_000;

/** Characters that a cursor may have: it travels in URLs and headers. */
export const maxCursorLength = 16_384;
