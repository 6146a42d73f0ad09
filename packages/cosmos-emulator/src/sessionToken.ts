import { badRequest, ServiceError } from "./serviceError.ts";

/** What `x-ms-session-token` says of a partition key range: `range:version#lsn`. */
export const sessionToken = (range: string, lsn: number): string => `${range}:-1#${lsn}`;

/** Session tokens as clients of before they had versions read them: `range:lsn`. */
export const withoutTokenVersions = (tokens: string): string => tokens.replaceAll(":-1#", ":");

/**
 * Refuses a read whose session token is ahead of what this replica has: 404 with substatus 1002, upon which SDKs try
 * another region. One that is no session token is refused with 400. Source: Learn, "Consistency levels, session consistency"; `@azure/cosmos`,
 * session/VectorSessionToken.js and retry/sessionRetryPolicy.js.
 *
 * @param parents the ranges that this one came from by splits: clients keep their tokens for those
 */
export function checkSessionToken(
  header: string | undefined,
  range: string,
  lsn: number,
  parents: readonly string[] = [],
): void {
  if (header === undefined || header === "") return;
  for (const token of header.split(",")) {
    if (token.trim() === "") continue;
    const [tokenRange = "", vector = ""] = token.trim().split(":");
    // version#global LSN[#region=local LSN …], or the plain LSN of old clients.
    const [first = "", second = first] = vector.split("#");
    if (!/^-?\d+$/.test(second)) throw badRequest(`The session token provided '${token}' is invalid.`);
    if (tokenRange !== range && !parents.includes(tokenRange)) continue;
    if (Number(second) > lsn) {
      throw new ServiceError(404, "The read session is not available for the input session token.", {
        substatus: 1002,
      });
    }
  }
}
