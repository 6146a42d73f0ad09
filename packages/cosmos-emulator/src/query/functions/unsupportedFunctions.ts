/** The families that the emulator refuses: geospatial, full-text, hybrid and vector search. */
const UNSUPPORTED = /^(?:ST_[A-Z]+|FULLTEXT[A-Z]*|VECTORDISTANCE|RRF)$/;

/** Whether the service has the function, by its name in capitals, and the emulator does not. */
export function isUnsupportedFunction(name: string): boolean {
  return UNSUPPORTED.test(name);
}
