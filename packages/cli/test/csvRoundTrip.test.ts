import fc from "fast-check";
import { expect, test } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { itemWriter } from "../src/export/itemWriter.ts";
import type { InputRecord } from "../src/input/inputRecord.ts";
import { readCsv } from "../src/input/readCsv.ts";
import { readNdjson } from "../src/input/readNdjson.ts";
import { manifest } from "./example/cli.ts";

const { items: entity } = manifest.entities as { items: (typeof manifest)["entities"][string] };

type Item = Parameters<ReturnType<typeof itemWriter>["write"]>[0];

/** Reads a CSV whose bytes come anew each time that it is begun. */
const readCsvOf = (open: () => AsyncIterable<Buffer>) => readCsv(open, entity);

/** A text cut into pieces of bytes, as a stream has them. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const result: Value[] = [];
  for await (const value of values) result.push(value);
  return result;
}

/** Texts that are hard on CSV, JSON and numbers. */
const hard = fc.oneof(
  fc.string({ unit: codePoint }),
  fc.string({
    unit: fc.constantFrom('"', ",", ";", "\n", "\r", " ", "[", "]", "{", "1", ".", "é", "\u2028", "\\"),
  }),
  fc.constantFrom(
    "",
    "1",
    "007",
    "1.10",
    "true",
    "null",
    '"a"',
    "[1]",
    "[",
    "{}",
    "-0",
    "1e3",
    "NaN",
    "=1+1",
  ),
);

const jsonValue = fc.letrec((tie) => ({
  value: fc.oneof(
    hard,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b c", "__proto__", "d.e"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

const written = fc.record(
  {
    id: hard,
    pk: hard,
    name: hard,
    tags: fc.array(hard, { maxLength: 4 }),
    data: fc.dictionary(fc.constantFrom("a", "b", "c.d", "__proto__"), jsonValue, { maxKeys: 3 }),
    ttl: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  },
  { requiredKeys: ["id", "pk", "name"] },
);

test("what is written as CSV or NDJSON is read as the same items, however its bytes come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(written, { maxLength: 5 }),
      fc.constantFrom("csv" as const, "ndjson" as const),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (items, format, size, hasMark) => {
        const writer = itemWriter(format, entity, { columns: ["id", "pk", "name", "tags[]", "data", "ttl"] });
        const text =
          (hasMark ? "\ufeff" : "") +
          writer.head +
          items.map((item) => writer.write(item as unknown as Item)).join("");
        const open = () => inPieces(Buffer.from(text), size);
        const records = await all(format === "csv" ? readCsvOf(open) : readNdjson(open()));
        expect(records.map(({ problem }) => problem)).toEqual(items.map(() => undefined));
        expect(records.map(({ value }) => JSON.parse(JSON.stringify(value)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(items)),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("fields of data in columns of their own come back as they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(jsonValue, jsonValue), { minLength: 1, maxLength: 4 }),
      async (rows) => {
        const writer = itemWriter("csv", entity, { columns: ["id", "data.a", "/data/c.d"] });
        const items = rows.map(([a, dotted]) => ({ id: "x", data: { a, "c.d": dotted } }));
        const text = writer.head + items.map((item) => writer.write(item as unknown as Item)).join("");
        const records = await all(readCsvOf(() => inPieces(Buffer.from(text), 7)));
        expect(records.map(({ value }) => JSON.parse(JSON.stringify(value)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(items)),
        );
      },
    ),
  );
});

const bytes = (...parts: (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

const problems = (records: readonly InputRecord[]) => records.map(({ line, problem }) => [line, problem]);

test("records of a CSV are named by the lines that they begin on", async () => {
  const text = bytes('id,name\r\na,"x\r\ny"\r\n\r\nb\r\nc,', [0xff], '\r\nd,"q ""r"""\r\n');
  const records = await all(readCsvOf(() => inPieces(text, 3)));
  expect(problems(records)).toEqual([
    [2, undefined],
    [5, "has 1 field, and the line of column names 2"],
    [6, "is not valid UTF-8"],
    [7, undefined],
  ]);
  expect(records.at(-1)?.value).toEqual({ id: "d", name: 'q "r"' });
  expect(records.at(-1)?.end).toBe(text.length);
});

test.each([
  ["id,colour\na,b", "The column 'colour' is no field of an item."],
  ["id,name,name\na,b,c", "are for the same field"],
  ["id,data,data.x\na,{},c", "are for the same field"],
  ['id,name\na,"b\nc,d\n', "has a quote that is never closed"],
  ["\ufffeid\n", "is in UTF-16"],
])("the CSV %j cannot be read", async (text, words) => {
  const input = text.startsWith("\ufffe") ? bytes([0xff, 0xfe], text.slice(1)) : Buffer.from(text);
  await expect(all(readCsvOf(() => inPieces(input, 64)))).rejects.toThrow(words);
});

test("lines of NDJSON that are no items are named, and a line too long is not kept", async () => {
  const huge = Buffer.alloc(5 * 1024 * 1024, "x");
  const text = bytes('{"id":"a"}\n\n[1]\n{"id":\n', [0x7b, 0xc3, 0x28, 0x0a]);
  const records = await all(
    readNdjson(inPieces(Buffer.concat([text, huge, Buffer.from('\n{"id":"z"}')]), 65_536)),
  );
  expect(problems(records)).toEqual([
    [1, undefined],
    [3, "is no JSON object: one object a line is needed"],
    [4, expect.stringContaining("is not valid JSON")],
    [5, "is not valid UTF-8"],
    [6, expect.stringContaining("is longer than")],
    [7, undefined],
  ]);
});
