import { ApiError } from "./apiError.ts";
import { within } from "./within.ts";

/** Gives the token to send with a request, if there is one. */
export type GetToken = () => string | null | undefined | Promise<string | null | undefined>;

/** Gives the header that carries a token, or none. Rejects with an {@link ApiError} `no-token`. */
export type Authorize = () => Promise<Record<string, string>>;

/** `getToken`, which has that many milliseconds. Requests that start together share one run of it. */
export function authorizer(getToken: GetToken | undefined, timeout: number): Authorize {
  let running: Promise<Record<string, string>> | undefined;
  const authorize: Authorize = async () => {
    try {
      const token: unknown = await within(timeout, "getToken", () => getToken?.());
      if (token === null || token === undefined) return {};
      // What cannot travel in a header is no token; it is not repeated here, since it may be a secret.
      if (typeof token !== "string" || !/^[!-~]+$/.test(token)) throw "getToken gave something else.";
      // Source: RFC 6750, 2.1.
      return { authorization: `Bearer ${token}` };
    } catch (cause) {
      throw new ApiError("no-token", `No token: ${(cause as Error)?.message ?? cause}`, { cause });
    } finally {
      running = undefined;
    }
  };
  return () => {
    running ??= authorize();
    return running;
  };
}
