import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from "@azure/identity";
import { describe, expect, test } from "vitest";
import { StoreError } from "../src/index.ts";
import { fromSdkError, fromStatus } from "../src/sdk/cosmosFailure.ts";

describe("a status has a reason", () => {
  test.each([
    [400, 0, "invalid"],
    [401, 0, "misconfigured"],
    [403, 5300, "misconfigured"],
    [404, 0, "not-found"],
    [404, 1003, "misconfigured"],
    [405, 0, "invalid"],
    [408, 0, "unavailable"],
    [409, 0, "conflict"],
    [410, 1002, "unavailable"],
    [412, 0, "precondition-failed"],
    [413, 0, "too-large"],
    [429, 3200, "throttled"],
    [449, 0, "unavailable"],
    [500, 0, "unavailable"],
    [503, 0, "unavailable"],
  ] as const)("%i/%i is %s", (status, substatus, reason) => {
    const failure = fromStatus(status, { substatus, message: "said\r\nActivityId: 1" });
    expect(failure).toMatchObject({ name: "StoreError", reason, status, substatus });
    expect(failure.message).not.toContain("ActivityId");
  });

  test("the details come from the answer, or from its headers", () => {
    const headers = { "x-ms-activity-id": "of the headers", "x-ms-request-charge": "1.24" };
    expect(fromStatus(429, { activityId: "own", retryAfterInMs: 12, headers })).toMatchObject({
      activityId: "own",
      retryAfterMs: 12,
      requestCharge: 1.24,
    });
    expect(fromStatus(404, { headers }).activityId).toBe("of the headers");
    expect(fromStatus(404, {}).requestCharge).toBeUndefined();
  });

  test("a refusal of the server's call has a code, by which an application says what mends it", () => {
    expect(fromStatus(401, {}).code).toBe("token-refused");
    expect(fromStatus(403, { substatus: 5300 }).code).toBe("role-missing");
    const blocked =
      "Request originated from IP 1.2.3.4 through public internet. This is blocked by your Cosmos DB account firewall settings.";
    expect(fromStatus(403, { message: blocked }).code).toBe("network-blocked");
    expect(fromStatus(404, { substatus: 1003 }).code).toBe("container-missing");
    expect(fromStatus(404, {}).code).toBeUndefined();
  });

  test("no sentence names a deployment tool's command or an environment variable", () => {
    for (const status of [400, 401, 403, 404, 408, 409, 412, 413, 429, 500]) {
      expect(fromStatus(status, { substatus: 1003 }).message).not.toMatch(/\b(az|azd)\b|[A-Z]+_[A-Z]+/);
    }
  });
});

describe("what the SDK throws", () => {
  const nested = (error: Error) => new Error("outer", { cause: new Error("middle", { cause: error }) });
  const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

  test.each(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "REQUEST_SEND_ERROR"])(
    "%s is unavailable, however deep it is",
    (code) => {
      const expected = { reason: "unavailable", code: code === "ENOTFOUND" ? "endpoint-wrong" : "no-answer" };
      expect(fromSdkError(coded(code))).toMatchObject(expected);
      expect(fromSdkError(nested(coded(code)))).toMatchObject(expected);
    },
  );

  test("a time-out and an abort are unavailable", () => {
    expect(fromSdkError(AbortSignal.timeout(0).reason ?? new DOMException("", "TimeoutError")).reason).toBe(
      "unavailable",
    );
    expect(fromSdkError(new DOMException("aborted", "AbortError")).reason).toBe("unavailable");
  });

  test("no token is misconfigured, unless nobody answered", () => {
    const missing = fromSdkError(new CredentialUnavailableError("no identity endpoint."));
    expect(missing).toMatchObject({ reason: "misconfigured", code: "no-token" });
    expect(missing.message).toContain("There is no token for Cosmos DB: no identity endpoint.");
    const refused = new AuthenticationError(400, {
      error: "invalid_client",
      error_description: "unknown client",
    });
    expect(fromSdkError(refused).reason).toBe("misconfigured");
    expect(fromSdkError(new AggregateAuthenticationError([refused])).reason).toBe("misconfigured");
    const away = new CredentialUnavailableError("network_error: connect ECONNREFUSED 127.0.0.1:1");
    expect(fromSdkError(away).reason).toBe("unavailable");
  });

  test("an answer keeps its status and its cause; anything else is unavailable", () => {
    const answer = Object.assign(new Error("taken"), { code: 409, substatus: 0, activityId: "a" });
    expect(fromSdkError(answer)).toMatchObject({
      reason: "conflict",
      status: 409,
      activityId: "a",
      cause: answer,
    });
    for (const strange of ["text", undefined, null, new Error("?"), { code: "ODD" }]) {
      expect(fromSdkError(strange).reason).toBe("unavailable");
    }
  });

  test("a failure of our own passes through", () => {
    const own = new StoreError("conflict", "own");
    expect(fromSdkError(own)).toBe(own);
  });
});
