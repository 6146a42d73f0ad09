import fc from "fast-check";
import { expect, test } from "vitest";
import { setOwnProperty } from "../src/json.ts";
import { parsePath, valueAt } from "../src/propertyPath.ts";

test.each<[string, readonly string[] | undefined]>([
  ["/a", ["a"]],
  ["/a/b", ["a", "b"]],
  ['/a/"b c"/d', ["a", "b c", "d"]],
  ["/'it\\'s'", ["it's"]],
  ['/"a/b"', ["a/b"]],
  ["", undefined],
  ["a", undefined],
  ["/", undefined],
  ["/a//b", undefined],
  ['/"a', undefined],
])("%j", (path, names) => {
  expect(parsePath(path)).toEqual(names);
});

test("any names come back, and lead to what was put there", () => {
  const names = fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(names, (expected) => {
      const path = expected.map((name) => `/"${name.replaceAll(/["\\]/g, "\\$&")}"`).join("");
      expect(parsePath(path)).toEqual(expected);
      const item = expected.reduceRight<object | number>((inner, name) => {
        const outer = {};
        setOwnProperty(outer, name, inner as never);
        return outer;
      }, 7);
      expect(valueAt(item as never, expected)).toBe(7);
      expect(valueAt(item as never, [...expected, "beyond"])).toBeUndefined();
    }),
  );
});
