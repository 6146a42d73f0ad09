import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { QueryParameters } from "../src/queryParameters.ts";
import { targetReader } from "../src/requestTarget.ts";

const name = fc.constantFrom("input", "batch", "in%70ut", "i", "inputs", "", "in+put", "%");
const text = fc.oneof(
  fc.string({ unit: codePoint }).map((value) => encodeURIComponent(value.toWellFormed())),
  fc.stringMatching(/^[!"$-~]{0,8}$/),
  fc.stringMatching(/^(?:%[0-9a-fA-F]{2}|%|\+|a){0,8}$/),
);
const query = fc
  .array(
    fc.oneof(
      fc.tuple(name, text).map((pair) => pair.join("=")),
      name,
      text,
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join("&"));

describe("QueryParameters", () => {
  it("reads what URLSearchParams reads", () => {
    fc.assert(
      fc.property(query, fc.constantFrom("input", "batch", "i"), (written, wanted) => {
        const expected = new URL(`http://a/?${written}`).searchParams.get(wanted);
        expect(new QueryParameters(written).get(wanted)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("targetReader", () => {
  const segment = fc.oneof(
    fc.stringMatching(/^[!-~]{0,6}$/),
    fc.constantFrom("", ".", "..", "%2e", "%2E%2e", "a.b", ".a", "%zz", "\\", "\u00e9", "a b", ":", "@"),
  );
  const target = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.option(query, { nil: undefined }))
    .map(([segments, written]) => `/${segments.join("/")}${written === undefined ? "" : `?${written}`}`);
  const host = fc.oneof(
    fc.constant("127.0.0.1:80"),
    fc.constantFrom("a:b@c", "[::1]:1", "a b", "", "a:99999", "a/b?c#d", "1.2.3.256", "%", undefined),
  );

  it("splits a target as a URL does, or leaves it", () => {
    const readTarget = targetReader();
    let split = 0;
    fc.assert(
      fc.property(target, host, (url, authority) => {
        const read = readTarget({ url, headers: { host: authority } } as IncomingMessage);
        if (!read) return;
        split += 1;
        const expected = new URL(url, `http://${authority ?? "localhost"}`);
        expect(read.path).toBe(expected.pathname);
        expect(`${expected.username}${expected.password}${expected.hash}`).toBe("");
        for (const one of ["input", "batch"]) {
          expect(new QueryParameters(read.query).get(one)).toBe(expected.searchParams.get(one));
        }
      }),
      { numRuns: 5_000 },
    );
    expect(split).toBeGreaterThan(500);
  });
});
