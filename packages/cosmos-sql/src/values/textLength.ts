import { queryError } from "../queryError.ts";

/** The longest string that a query may build, in UTF-16 code units: an answer has no room for a longer one. */
const maxTextLength = 4 * 1024 * 1024;

/** Refuses to build a string of that length, in UTF-16 code units. @throws QueryError */
export function checkTextLength(length: number): void {
  if (length > maxTextLength) {
    throw queryError(
      undefined,
      `The query builds a string of ${length} characters; it can have up to ${maxTextLength}.`,
    );
  }
}
