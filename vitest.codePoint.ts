import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * Any character: a code point that is no half of a surrogate pair. It is what fast-check calls `unit: "binary"`, and
 * makes the same strings, but without the table of all code points, which costs every process a second.
 */
export const codePoint = fc.nat(0x10ffff - surrogates.count).map(
  (place) => String.fromCodePoint(place < surrogates.first ? place : place + surrogates.count),
  // By this fast-check knows that it may throw in strings that often break programs, and shrink them.
  (text) => {
    const code = typeof text === "string" && text.isWellFormed() ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) throw new Error("no single character");
    return code < surrogates.first ? code : code - surrogates.count;
  },
);
