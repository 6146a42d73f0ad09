import { type Call, header } from "../http/call.ts";

/** From this version of the API on, a container needs a partition key. Source: Learn, REST "Create a Collection". */
const firstWithPartitionKeys = "2018-12-31";

/** Whether a request's client is of before containers had to have partition keys. Versions are dates: they sort as text. */
export function isOldClient(call: Call): boolean {
  const version = header(call, "x-ms-version");
  return version !== undefined && version < firstWithPartitionKeys;
}
