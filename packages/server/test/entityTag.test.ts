import fc from "fast-check";
import { expect, test } from "vitest";
import { ifMatchOf, readCondition } from "../src/http/entityTag.ts";

/** An etag as the service makes them, or any other that HTTP lets be. */
const etag = fc
  .stringMatching(/^[\x21\x23-\x2b\x2d-\x7e]{1,40}$/)
  .filter((text) => text !== "*" && !text.startsWith("W/"));

const written = fc.record({
  etag,
  isWeak: fc.boolean(),
  isBare: fc.boolean(),
  space: fc.constantFrom("", " ", "  "),
});

const text = ({
  etag: tag,
  isWeak,
  isBare,
  space,
}: typeof written extends fc.Arbitrary<infer Tag> ? Tag : never) =>
  `${space}${isBare ? tag : `${isWeak ? "W/" : ""}"${tag}"`}${space}`;

test("a read is not modified just when its version is among those that If-None-Match lists", () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 5 }), etag, (tags, own) => {
      const header = tags.map(text).join(",");
      const isListed = tags.some((tag) => tag.etag === own);
      expect(readCondition({ "if-none-match": header }, own)).toBe(isListed ? "not-modified" : "send");
      const [first] = tags;
      expect(readCondition({ "if-none-match": header }, first?.etag ?? "")).toBe("not-modified");
      const isMatched = tags.some((tag) => tag.etag === own && (tag.isBare || !tag.isWeak));
      expect(readCondition({ "if-match": header }, own)).toBe(isMatched ? "send" : "failed");
    }),
  );
});

test("a write takes the strong etags of a list, or *, and fails when there is none", () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 5 }), (tags) => {
      const headers = { "if-match": tags.map(text).join(",") };
      const strong = tags.filter(({ isWeak, isBare }) => isBare || !isWeak).map((tag) => tag.etag);
      if (strong.length === 0) expect(() => ifMatchOf(headers)).toThrow(/weak/);
      else expect(ifMatchOf(headers)).toEqual([...new Set(strong)]);
    }),
  );
  expect(ifMatchOf({ "if-match": " * " })).toEqual(["*"]);
  expect(ifMatchOf({})).toBeUndefined();
  for (const none of ['"*"', '""', '"*", W/"a"']) expect(() => ifMatchOf({ "if-match": none })).toThrow();
});

test("any header at all is read or refused in a sentence", () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      try {
        readCondition({ "if-none-match": header }, "own");
      } catch (error) {
        expect((error as Error).message).toContain("If-None-Match has to be");
      }
    }),
  );
});
