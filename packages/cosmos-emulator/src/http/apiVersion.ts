import { type Call, header } from "./call.ts";

/** Whether a request asks for a version of the API of before a day. Versions are days: they sort as text. */
function isBefore(call: Call, day: string): boolean {
  const version = header(call, "x-ms-version");
  return version !== undefined && version < day;
}

/** Whether a client is of before containers had to have partition keys. Source: Learn, REST "Create a Collection". */
export const isBeforePartitionKeys = (call: Call): boolean => isBefore(call, "2018-12-31");

/**
 * Whether a client is of before session tokens had versions: it reads `range:lsn` and nothing else.
 * Source: `documentdb` 1.15, sessionContainer.js, which asks for 2017-11-15; `@azure/cosmos` 2.1 for 2018-06-18.
 */
export const isBeforeTokenVersions = (call: Call): boolean => isBefore(call, "2018-06-18");
