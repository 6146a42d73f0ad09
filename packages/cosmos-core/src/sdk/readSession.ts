import type { HttpClient } from "@azure/core-rest-pipeline";

/** 404 with this substatus: the region has not yet seen the writes of the session. Source: Learn, "Troubleshoot not found exceptions". */
const sessionNotAvailable = "1002";

/**
 * Lets a caller read its own writes from a region that lags: a read that this region cannot serve yet goes to the region
 * that takes writes, with its session token. The SDK (4.10) drops the token instead and reads again where it was, so
 * that a caller sees its item as it was before its own write (retry/sessionRetryPolicy.js, retryUtility.js).
 *
 * @param http what sends requests
 * @param writeEndpoint says the URL of the region that takes writes
 */
export const readFromSession = (http: HttpClient, writeEndpoint: () => Promise<string>): HttpClient => ({
  async sendRequest(request) {
    const response = await http.sendRequest(request);
    if (response.status !== 404 || response.headers.get("x-ms-substatus") !== sessionNotAvailable) {
      return response;
    }
    const asked = new URL(request.url);
    const endpoint = new URL(await writeEndpoint());
    if (endpoint.host === asked.host) return response;
    request.url = new URL(asked.pathname + asked.search, endpoint).href;
    return http.sendRequest(request);
  },
});
