import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, UnsafeNumberError } from "../src/index.ts";

function refusal(text: string): UnsafeNumberError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof UnsafeNumberError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

/** The decimal value of a literal, as a fraction of whole numbers. */
function fraction(literal: string): readonly [bigint, bigint] {
  const [mantissa = "", power = "0"] = literal.toLowerCase().split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const exponent = Number(power) - part.length;
  const digits = BigInt(`${whole}${part}`.replace("-", "")) * (mantissa.startsWith("-") ? -1n : 1n);
  return exponent < 0 ? [digits, 10n ** BigInt(-exponent)] : [digits * 10n ** BigInt(exponent), 1n];
}

function isSame(one: string, other: string): boolean {
  const [a, b] = fraction(one);
  const [c, d] = fraction(other);
  return a * d === c * b;
}

describe("numbers", () => {
  test.each([
    "0",
    "-0",
    "0.0",
    "0e400",
    "1e30",
    "1E+30",
    "1.5e3",
    "1e22",
    "1e23",
    "5e-324",
    "4.9406564584124654e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308",
    "9007199254740991",
    "9007199254740992",
    "9007199254740994",
    "769308320146468864",
    "769308320146468900",
    "99999999999999984",
    "100000000000000000000000000000000",
    "0.1",
    "0.30000000000000004",
    "0.10000000000000001",
    "0.12345678901234568",
    // Halfway between two texts of 17 digits: one program rounds it up, another to the even digit.
    "1125899906842624.2",
    "1125899906842624.3",
    "0.1000000000000000055511151231257827021181583404541015625",
    "3.14159265358979310",
    "1.0000000000000000000000000000",
    "0.000000000000000000000000000123",
  ])("%s passes", (literal) => {
    expect(parseJson(literal)).toBe(JSON.parse(literal));
    expect(parseJson(`{"a":[${literal}, ${literal}]}`)).toEqual({ a: [Number(literal), Number(literal)] });
  });

  test.each([
    "769308320146468865",
    "-769308320146468865",
    "9007199254740993",
    "9007199254740993.0",
    "9007199254740993.5",
    "-4503599627370497.1",
    "0.12345678901234567",
    "90071992547409930e-1",
    "7.69308320146468865e17",
    "7.6930832014646886500e+17",
    "1e400",
    "-1e400",
    "1E+309",
    "1e-400",
    "3e-324",
    "0.1234567890123456789",
    "3.141592653589793238",
    "1.00000000000000000000001",
    `1${"0".repeat(400)}`,
    `0.${"0".repeat(400)}1`,
    `0.${"3".repeat(5_000)}`,
  ])("%s is refused", (literal) => {
    expect(refusal(literal)).toMatchObject({ path: "", literal });
    expect(refusal(`{"n": ${literal} }`)).toMatchObject({ path: "n", literal });
    expect(refusal(`[1,${literal}]`)).toMatchObject({ path: "1", literal });
  });

  test("whatever a double prints passes and is the same", () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 17 }), (number, digits) => {
        // JavaScript prints -0 as 0.
        const printed = number === 0 ? 0 : number;
        expect(parseJson(JSON.stringify([number]))).toEqual([printed]);
        expect(parseJson(number.toExponential(16))).toBe(printed);
        expect(parseJson(number.toPrecision(17))).toBe(printed);
        const short = Number(number.toPrecision(digits));
        if (Number.isFinite(short)) expect(parseJson(String(short))).toBe(short);
      }),
    );
  });

  test("a whole number passes as it is written or not at all", () => {
    const zeros = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), zeros, (number, scale) => {
        const literal = String(number * 10n ** BigInt(scale));
        const double = Number(literal);
        const isHeld = BigInt(double) === BigInt(literal) || isSame(String(double), literal);
        if (isHeld) expect(parseJson(literal)).toBe(double);
        else expect(refusal(literal).literal).toBe(literal);
      }),
    );
  });

  test("a decimal passes only as the nearest double's print, or with 17 digits at most", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -330, max: 310 }), (whole, part, power) => {
        const literal = `${BigInt(whole)}.${part}e${power}`;
        const significant = literal.replace(/e.*/, "").replace(".", "").replace(/^0+/, "").replace(/0+$/, "");
        const double = Number(literal);
        let isTaken = true;
        try {
          expect(parseJson(literal)).toBe(double);
        } catch (error) {
          if (!(error instanceof UnsafeNumberError)) throw error;
          isTaken = false;
        }
        if (Number.isFinite(double) && isSame(String(double), literal)) expect(isTaken).toBe(true);
        else if (!Number.isFinite(double) || (double === 0 && significant !== ""))
          expect(isTaken).toBe(false);
        else if (significant.length > 17) expect(isTaken).toBe(isSame(exactDecimal(double), literal));
        else if (isTaken) expect(isRounded(double, literal)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Whether a text, `12.5e3`, is at most half of its last digit away from a double. */
function isRounded(double: number, literal: string): boolean {
  const [mantissa = "", power = "0"] = literal.split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const zeros = /0*$/.exec(whole + part)?.[0].length ?? 0;
  const [half, halfScale] = fraction(`5e${Number(power) - part.length + zeros - 1}`);
  const [exact, exactScale] = fraction(exactDecimal(double));
  const [written, scale] = fraction(literal);
  const difference = exact * scale - written * exactScale;
  return (difference < 0n ? -difference : difference) * halfScale <= half * exactScale * scale;
}

/** All digits of a double. */
function exactDecimal(double: number): string {
  let twos = 0;
  let whole = double;
  for (; !Number.isInteger(whole); whole *= 2) twos += 1;
  // x / 2^n = x * 5^n / 10^n
  return `${BigInt(whole) * 5n ** BigInt(twos)}e${-twos}`;
}

test("every other text is read as JSON.parse reads it", () => {
  const text = fc.json().chain((json) => fc.constantFrom(json, ` ${json}\n`));
  fc.assert(fc.property(text, (json) => void expect(parseJson(json)).toEqual(JSON.parse(json))));
  fc.assert(
    fc.property(fc.string(), (garbage) => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(garbage);
      } catch {
        expect(() => parseJson(garbage)).toThrow(SyntaxError);
        return;
      }
      expect(parseJson(garbage)).toEqual(parsed);
    }),
  );
});

test("strings that look like numbers are strings", () => {
  const value = { "769308320146468865": "1e400", a: ['"769308320146468865', "\\", "1.2.3.4.5.6.7.8.9.0.1"] };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
});

test("every number is named with its path, as filters write it", () => {
  const text = String.raw`{"data":{"n":769308320146468865,"ok":1},"items":[{"n":2},{"n":1e400}],
    "a.b":{"\"c\\":-1e-400}, "e":[[],{},[1,9007199254740993]], "__proto__": 9007199254740995}`;
  const error = refusal(text);
  expect(error.numbers.map(({ path, literal }) => [path, literal])).toEqual([
    ["data.n", "769308320146468865"],
    ["items.1.n", "1e400"],
    [String.raw`/a.b/"c\ `.trim(), "-1e-400"],
    ["e.2.1", "9007199254740993"],
    ["__proto__", "9007199254740995"],
  ]);
  expect(error.message).toBe(
    "has the number 769308320146468865, which a double-precision number cannot hold: send it as a string",
  );
});

test("the path leads to the number wherever it stands", () => {
  const unsafe = "9007199254740993";
  fc.assert(
    fc.property(
      fc.jsonValue({ noUnicodeString: false }),
      fc.array(fc.string(), { maxLength: 5 }),
      (beside, names) => {
        const inner = names.reduceRight(
          (json, name, at) =>
            at % 2 === 0
              ? `{"x":${JSON.stringify(beside)},${JSON.stringify(`${name}!`)}:${json}}`
              : `[${JSON.stringify(beside)},${json}]`,
          unsafe,
        );
        const path = names.map((name, at) => (at % 2 === 0 ? `${name}!` : "1"));
        const { numbers } = refusal(inner);
        expect(numbers.map(({ literal }) => literal)).toContain(unsafe);
        const found = numbers.find(({ literal }) => literal === unsafe);
        const isPlain = path.every((name) => !name.includes(".")) && !path[0]?.startsWith("/");
        if (isPlain) expect(found?.path).toBe(path.join("."));
        else expect(found?.path.startsWith("/")).toBe(true);
      },
    ),
  );
});

test("names no more than fifty numbers, and of a long one its beginning", () => {
  expect(refusal(`[${Array(60).fill("1e400").join()}]`).numbers).toHaveLength(50);
  expect(refusal("7".repeat(100_000)).message.length).toBeLessThan(200);
});

test("neither depth nor length ends it", () => {
  const depth = 100_000;
  const deep = `${"[".repeat(depth)}1e400${"]".repeat(depth)}`;
  expect(refusal(deep).literal).toBe("1e400");
  const long = JSON.stringify({ text: '\\"'.repeat(1_000_000), digits: "1".repeat(1_000_000) });
  expect(refusal(`[${long},1e400]`).path).toBe("1");
});
