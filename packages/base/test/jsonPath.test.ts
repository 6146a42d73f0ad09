import fc from "fast-check";
import { expect, test } from "vitest";
import { isWithin, jsonPointer, parsePath, pathText, putAt, valueAt } from "../src/index.ts";

const name = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "constructor", "toString", "a.b", "a/b", "~", "~1", "", "0"),
);
const path = fc.array(name, { minLength: 1, maxLength: 8 });

test("what a path's text says is read back, and a pointer's too", () => {
  fc.assert(
    fc.property(path, (names) => {
      expect(parsePath(pathText(names))).toEqual(names);
      expect(parsePath(jsonPointer(names))).toEqual(names);
    }),
  );
});

test.each([
  ["data..size", "has an empty name"],
  ["", "has an empty name"],
  ["/a~2", "has a ~ that is neither ~0 nor ~1"],
  ["a".repeat(1_025), "is longer than 1024 characters"],
  ["a.".repeat(40), "goes deeper than 32 names"],
  ["\ud800", "has half a surrogate pair: it is not valid Unicode"],
])("%s is refused", (text, problem) => expect(parsePath(text)).toBe(problem));

test("what is put at a path stands there, and changes no prototype", () => {
  fc.assert(
    fc.property(
      path,
      fc.json().map((text) => JSON.parse(text)),
      path,
      (names, value, others) => {
        const root: Record<string, unknown> = {};
        putAt(root, others, "before");
        putAt(root, names, value);
        expect(valueAt(root, names)).toBe(value);
        if (!isWithin(others, names) && !isWithin(names, others))
          expect(valueAt(root, others)).toBe("before");
        expect(JSON.parse(JSON.stringify(root))).toEqual(root);
        expect(Object.getPrototypeOf(root)).toBe(Object.prototype);
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    ),
  );
});

test("a path leads through own properties only", () => {
  expect(valueAt({}, ["constructor", "name"])).toBeUndefined();
  expect(valueAt({ a: [{ b: 1 }] }, ["a", "0", "b"])).toBe(1);
  expect(valueAt("text", ["length"])).toBeUndefined();
  expect(valueAt(1, [])).toBe(1);
});
