import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import fc from "fast-check";
import { expect, it } from "vitest";
import { codePoint } from "../../../../vitest.codePoint.ts";
import { parsePointer, pointerText } from "../../src/jsonPointer.ts";
import { applyPatch } from "../../src/patch/applyPatch.ts";
import { PatchError, readPatch } from "../../src/patch/patchOperation.ts";
import { naivePatch, type WireOperation } from "./naivePatch.ts";

/** Few names, so that paths often lead somewhere; among them those that mean something to JavaScript or to pointers. */
const name = fc.constantFrom(
  "a",
  "b",
  "0",
  "1",
  "-",
  "",
  "a/b",
  "~",
  "__proto__",
  "constructor",
  "toString",
  "length",
);

/** An object with own properties, whatever their names. */
const fromEntries = (entries: readonly (readonly [string, Json])[]): JsonObject =>
  JSON.parse(
    `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`,
  ) as JsonObject;

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.constantFrom<Json>(null, true, "", "text", 1.7e308), fc.integer({ min: -3, max: 3 })),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(name, tie("value")), { selector: ([key]) => key, maxLength: 5 }).map(fromEntries),
  ),
})).value;

const document = fc
  .uniqueArray(fc.tuple(name, json), { selector: ([key]) => key, maxLength: 6 })
  .map(fromEntries);

/** The paths of everything in a document, and of an array's end. */
function placesOf(value: Json, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const place = at + pointerText([key]);
    return [place, ...placesOf(child, place)];
  });
  return Array.isArray(value) ? [...inner, `${at}/-`] : inner;
}

/** Operations on a document: most where something is, or one name further. */
function operationOn(places: readonly string[]): fc.Arbitrary<WireOperation> {
  const anywhere = fc.array(name, { minLength: 1, maxLength: 3 }).map(pointerText);
  const there = places.length === 0 ? anywhere : fc.constantFrom(...places);
  const path = fc.oneof(
    { arbitrary: there, weight: 4 },
    { arbitrary: fc.tuple(there, name).map(([place, key]) => place + pointerText([key])), weight: 2 },
    { arbitrary: anywhere, weight: 1 },
  );
  return operationAt(path);
}

const operationAt = (path: fc.Arbitrary<string>): fc.Arbitrary<WireOperation> =>
  fc.oneof(
    fc.record({ op: fc.constantFrom("add", "set", "replace"), path, value: json }),
    fc.record({ op: fc.constant("remove"), path }),
    fc.record({ op: fc.constant("incr"), path, value: fc.constantFrom(1, -2.5, 1.7e308) }),
    fc.record({ op: fc.constant("move"), path, from: path }),
  );

/** A document and what is to be done to it. */
const patchedDocument = document.chain((source) =>
  fc.tuple(fc.constant(source), fc.array(operationOn(placesOf(source)), { minLength: 1, maxLength: 3 })),
);

/** What {@link applyPatch} makes of a document, as text; `undefined` when it refuses. */
function applied(source: JsonObject, operations: readonly WireOperation[]): string | undefined {
  const copy = JSON.parse(JSON.stringify(source)) as JsonObject;
  const wire = JSON.parse(JSON.stringify(operations)) as Json;
  try {
    applyPatch(copy, readPatch(wire, []).operations);
  } catch (error) {
    if (error instanceof PatchError) return undefined;
    throw error;
  }
  return JSON.stringify(copy);
}

it("does what a naive patch does", () => {
  let done = 0;
  fc.assert(
    fc.property(patchedDocument, ([source, list]) => {
      const expected = naivePatch(source, list);
      if (expected !== undefined) done += 1;
      expect(applied(source, list)).toBe(expected);
    }),
    { numRuns: 4_000 },
  );
  // Refusals alone would prove little.
  expect(done).toBeGreaterThan(400);
});

it("changes no prototype", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  fc.assert(
    fc.property(patchedDocument, ([source, list]) => {
      applied(source, list);
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    }),
  );
});

it("adds what a remove takes away again", () => {
  fc.assert(
    fc.property(document, name, json, (source, key, value) => {
      const place = pointerText([key]);
      fc.pre(!Object.hasOwn(source, key));
      const there = [{ op: "add", path: place, value }];
      expect(applied(source, [...there, { op: "remove", path: place }])).toBe(JSON.stringify(source));
    }),
  );
});

it("reads every path that it writes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: codePoint }), { minLength: 1, maxLength: 6 }), (names) => {
      expect(parsePointer(pointerText(names))).toEqual(names);
    }),
  );
});

it("refuses anything that is no patch, and nothing else happens", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (body) => {
      try {
        expect(readPatch(body as Json, []).operations.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(PatchError);
      }
    }),
  );
});
