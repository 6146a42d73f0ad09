import { type JsonPath, pathText } from "./jsonPath.ts";

/** A number that JSON has and a double has not. */
export interface UnsafeNumber {
  /** Where it stands, as filters write a path: `data.n`, `items.0.n`; empty where it is the whole text. */
  readonly path: string;
  /** The number as it was written. */
  readonly literal: string;
  /** What is wrong, as the end of a sentence that begins with the path. */
  readonly problem: string;
  /** The same, and what a caller of an API does about it. */
  readonly message: string;
}

/** Numbers that an error names at most. */
const maxUnsafeNumbers = 50;

/** Characters of a number that a message shows. */
const maxShownLiteral = 60;

/** JSON has numbers that a double cannot hold: read as doubles, they would be other numbers. */
export class UnsafeNumberError extends Error {
  override readonly name = "UnsafeNumberError";
  /** Every such number of the text, the first {@link maxUnsafeNumbers} of them. */
  readonly numbers: readonly UnsafeNumber[];
  /** Where the first of them stands. */
  readonly path: string;
  /** The first of them as it was written. */
  readonly literal: string;

  constructor(numbers: readonly [UnsafeNumber, ...UnsafeNumber[]]) {
    super(numbers[0].message);
    this.numbers = numbers;
    this.path = numbers[0].path;
    this.literal = numbers[0].literal;
  }
}

/**
 * Reads JSON as `JSON.parse` does, and refuses what that changes silently: integers that a double rounds
 * (`769308320146468865`), numbers that it makes infinite (`1e400`) or zero (`1e-400`), and decimals that no double rounds
 * to (`9007199254740993.5`). Whatever a double prints, in the shortest form or rounded to 17 digits or fewer, passes.
 *
 * @throws SyntaxError for what is no JSON
 * @throws UnsafeNumberError for numbers that would be changed; it names each
 * @example
 * parseJson('{"n": 1e30}'); // { n: 1e30 }
 * parseJson('{"n": 769308320146468865}'); // throws: path "n", "has the number 769308320146468865, which …"
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const [first, ...others] = unsafeNumbers(text, maxUnsafeNumbers).map(unsafeNumber);
  if (first !== undefined) throw new UnsafeNumberError([first, ...others]);
  return value;
}

/**
 * Finds what {@link parseJson} refuses.
 *
 * @param text a text that is JSON
 * @param max how many to find, at most
 */
export function unsafeNumbers(text: string, max = Number.POSITIVE_INFINITY): FoundNumber[] {
  return longNumber.test(text) || largeExponent.test(text) ? scan(text, max) : [];
}

/** Where such a number stands, and how it was written. */
export interface FoundNumber {
  readonly path: JsonPath;
  readonly literal: string;
}

// What neither matches has only numbers of 15 digits and exponents of two, which a double holds; a match in a string
// costs time and nothing else. V8 leaps over text where a pattern is a row of single characters, and not where it has
// a quantifier: together they cost less than a tenth of JSON.parse.
const longNumber = new RegExp(String.raw`[\d.]`.repeat(16));
const largeExponent = /\d[eE][+\-\d]\d\d/;

/** The tokens of a text that is JSON. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],]/g;

/** What looks like a long number or one with an exponent, be it in a string. */
const candidates = /\d[\d.]{15,}(?:[eE][+-]?\d+)?|\d[\d.]*[eE][+-]?\d+/g;

function scan(text: string, max: number): FoundNumber[] {
  if ((text.match(candidates) ?? []).every(isKept)) return [];
  const found: FoundNumber[] = [];
  /** The names from the root down to where the scan is; of an array, an index. */
  const path: (string | number)[] = [];
  let isNameNext = false;
  for (const [token] of text.matchAll(tokens)) {
    const start = token.charAt(0);
    if (start === "{" || start === "[") {
      path.push(start === "{" ? "" : 0);
      isNameNext = start === "{";
    } else if (start === "}" || start === "]") {
      path.pop();
      isNameNext = false;
    } else if (start === ",") {
      const last = path.pop() as string | number;
      isNameNext = typeof last === "string";
      path.push(typeof last === "string" ? "" : last + 1);
    } else if (start === '"') {
      if (isNameNext) path[path.length - 1] = JSON.parse(token) as string;
      isNameNext = false;
    } else if (!isKept(token)) {
      found.push({ path: path.map(String), literal: token });
      if (found.length === max) break;
    }
  }
  return found;
}

function unsafeNumber({ path, literal }: FoundNumber): UnsafeNumber {
  const shown = literal.length > maxShownLiteral ? `${literal.slice(0, maxShownLiteral)}…` : literal;
  const problem = `has the number ${shown}, which a double-precision number cannot hold`;
  return { path: pathText(path), literal, problem, message: `${problem}: send it as a string` };
}

/** A decimal number without its sign: `digits * 10 ** exponent`, the digits without zeros at either end. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function decimal(literal: string): Decimal {
  const [, whole = "", fraction = "", power = "0"] = /^-?(\d*)\.?(\d*)(?:[eE](.+))?$/.exec(literal) ?? [];
  const written = `${whole}${fraction}`.replace(/^0+/, "");
  // Not by a regular expression: that would try each run of zeros to its end.
  let end = written.length;
  while (written.charAt(end - 1) === "0") end -= 1;
  const exponent = Number(power) - fraction.length + written.length - end;
  return { digits: written.slice(0, end), exponent };
}

/** Digits that every double of usual size keeps, and that tell every double from its neighbours (IEEE 754). */
const keptDigits = 15;
const tellingDigits = 17;

/** Digits that the exact value of a double has at most. */
const maxExactDigits = 767;

/** From here on doubles have all of their digits. */
const smallestNormal = 2.2250738585072014e-308;

/** Whether a double keeps a number as it is written. */
function isKept(literal: string): boolean {
  const number = Math.abs(Number(literal));
  if (!Number.isFinite(number)) return false;
  if (literal === String(number)) return true;
  const written = decimal(literal);
  const { digits, exponent } = written;
  if (number === 0) return digits === "";
  const isNormal = number >= smallestNormal;
  if (isNormal && digits.length <= keptDigits) return true;
  const isPrinted = (text: string): boolean => {
    const printed = decimal(text);
    return printed.digits === digits && printed.exponent === exponent;
  };
  if (isPrinted(String(number))) return true;
  if (digits.length > maxExactDigits) return false;
  // A whole number that is written as one is meant to the last digit; 1.2345678901234567e+20 is a double's print.
  const isRounded = digits.length <= tellingDigits && !/^-?\d+$/.test(literal);
  return isWithinUnits(number, written, isRounded ? 1n : 0n);
}

/** Whether a decimal is no further from a double than so many halves of its last digit: with none, whether they are the same. */
function isWithinUnits(number: number, { digits, exponent }: Decimal, halves: bigint): boolean {
  let twos = 0;
  let whole = number;
  for (; !Number.isInteger(whole); whole *= 2) twos += 1;
  const unit = (1n << BigInt(twos)) * 10n ** BigInt(Math.max(exponent, 0));
  const difference = BigInt(digits) * unit - BigInt(whole) * 10n ** BigInt(Math.max(-exponent, 0));
  return 2n * (difference < 0n ? -difference : difference) <= halves * unit;
}
