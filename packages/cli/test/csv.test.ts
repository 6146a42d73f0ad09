import { describe, expect, test } from "vitest";
import { readCsv } from "../src/input/readCsv.ts";
import type { ColumnChoice } from "../src/optionValues.ts";
import { manifest } from "./example/cli.ts";
import { runCli } from "./runningCli.ts";

const { items: entity } = manifest.entities as { items: (typeof manifest)["entities"][string] };

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** The values of a CSV's records, or what is wrong with them. */
async function read(text: string, options: { delimiter?: string; columns?: readonly ColumnChoice[] } = {}) {
  const found: unknown[] = [];
  for await (const { value, problem } of readCsv(() => once(text), entity, options))
    found.push(value ?? problem);
  return found;
}

/** What a column of cells is read as. */
async function column(name: string, ...cells: string[]) {
  const lines = cells.map((cell, n) => `${n},"${cell.replaceAll('"', '""')}"`);
  const records = (await read([`id,${name}`, ...lines].join("\n"))) as { data: { x: unknown } }[];
  return records.map(({ data }) => data.x);
}

describe("a column of which the schema does not say what it holds has one type for all of its cells:", () => {
  test.each([
    ["prices are numbers", ["1.10", "1.15", "2.50", "3"], [1.1, 1.15, 2.5, 3]],
    ["zip codes are texts", ["01234", "12345", "99999"], ["01234", "12345", "99999"]],
    ["what no double holds makes texts", ["1", "769308320146468865"], ["1", "769308320146468865"]],
    ["so does what is too large", ["1", "1e400"], ["1", "1e400"]],
    ["a word makes texts", ["1", "true", "n/a", "2.50"], ["1", "true", "n/a", "2.50"]],
    ["booleans", ["true", "FALSE", "True"], [true, false, true]],
    ["a spreadsheet's boolean beside a number is text", ["TRUE", "1"], ["TRUE", "1"]],
    ["numbers and nothing", ["1", "null", "2"], [1, null, 2]],
    ["JSON, where the first word is JSON", ['"5"', "5", "five", "[1]"], ["5", 5, "five", [1]]],
    ["numbers before JSON", ["5", '{"a":1}', "x"], [5, { a: 1 }, "x"]],
  ])("%s", async (_name, cells, values) => {
    expect(await column("data.x", ...cells)).toEqual(values);
  });

  test("the elements of its lists too", async () => {
    expect(await column("data.x[]", "1;2.50", "3")).toEqual([[1, 2.5], [3]]);
    expect(await column("data.x[]", "1;2.50", "007")).toEqual([["1", "2.50"], ["007"]]);
  });
});

describe("--column", () => {
  test.each([
    ["sends a column elsewhere", { name: "Preis", path: "data.price" }, "Preis", "1.10", { price: 1.1 }],
    [
      "says what it holds",
      { name: "Preis", path: "data.price", type: "string" },
      "Preis",
      "1.10",
      { price: "1.10" },
    ],
    [
      "of a known field says what it holds",
      { name: "data.x", path: "data.x", type: "json" },
      "data.x",
      "x",
      { x: "x" },
    ],
  ] as const)("%s", async (_name, choice, head, cell, data) => {
    const options = { columns: [choice] };
    if ("type" in choice && choice.type === "json") {
      expect(await read(`id,${head}\na,${cell}\n`, options)).toEqual([
        expect.stringContaining("which holds json"),
      ]);
    } else expect(await read(`id,${head}\na,${cell}\n`, options)).toEqual([{ id: "a", data }]);
  });

  test("a cell that is not of its type is refused, and so is a column that is not there", async () => {
    const columns = [{ name: "n", path: "data.n", type: "number" as const }];
    expect(await read("id,n\na,1.50\nb,many\n", { columns })).toEqual([
      { id: "a", data: { n: 1.5 } },
      "has 'many' in the column 'n', which holds number",
    ]);
    await expect(read("id,m\na,1\n", { columns })).rejects.toThrow("is no field of an item");
    await expect(read("id,name\na,1\n", { columns })).rejects.toThrow(
      "the CSV has no such column. There are id, name.",
    );
  });
});

describe("the delimiter", () => {
  test.each([
    ["a semicolon", 'id;name;tags\na;b,c;"x;y"\n', {}, { id: "a", name: "b,c", tags: ["x", "y"] }],
    ["a tab", "id\tname\na\tb;c\n", {}, { id: "a", name: "b;c" }],
    ["a comma before quoted semicolons", 'id,"name"\na,"x;y;z"\n', {}, { id: "a", name: "x;y;z" }],
    ["that of a sep= line", "sep=;\r\nid;name\r\na;b\r\n", {}, { id: "a", name: "b" }],
    ["that of a quoted sep= line", '"sep=|"\nid|name\na|b\n', {}, { id: "a", name: "b" }],
    ["the given one", "id|name\na|b;c\n", { delimiter: "|" }, { id: "a", name: "b;c" }],
    ["the given one over a sep= line", "sep=;\nid|name\na|b\n", { delimiter: "|" }, { id: "a", name: "b" }],
    ["none", "id\na\n", {}, { id: "a" }],
  ])("%s is known", async (_name, text, options, item) => {
    expect(await read(text, options)).toEqual([item]);
  });

  test("lines are counted from the file's first one, with or without a sep= line", async () => {
    const lines = async (text: string) => {
      const found: number[] = [];
      for await (const { line } of readCsv(() => once(text), entity)) found.push(line);
      return found;
    };
    expect(await lines("id\na\n\nb\n")).toEqual([2, 4]);
    expect(await lines("sep=;\nid\na\n\nb\n")).toEqual([3, 5]);
  });
});

describe("items import --dry-run", () => {
  test("shows a CSV of standard input as it would be written, though its types come last", async () => {
    const input = `id,data.price,data.zip\n${Array.from({ length: 300 }, (_, n) => `${n},${n}.50,${n + 10_000}`).join("\n")}\nz,1,01234\n`;
    const run = await runCli(["items", "import", "-", "--format", "csv", "--dry-run"], { input });
    expect(run.code).toBe(0);
    expect(run.stderr).toBe("301 items would be written.\n");
    const [first] = run.stdout.split("\n", 1);
    expect(JSON.parse(first ?? "")).toEqual({ id: "0", data: { price: 0.5, zip: "10000" } });
  });

  test.each([
    [["--delimiter", "ab"], "It has to be one character"],
    [["--column", "x"], "It has to be name=path"],
    [["--column", "x=data.x:float"], "type is one of string, number, boolean, json"],
  ])("%j is wrong usage", async (args, words) => {
    const run = await runCli(["items", "import", "-", "--format", "csv", ...args]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(words);
  });

  test("--delimiter and --column go with a CSV", async () => {
    const run = await runCli(["items", "import", "-", "--format", "ndjson", "--delimiter", ";"]);
    expect(run).toMatchObject({ code: 2, stderr: "cosmos-trpc: --delimiter and --column go with a CSV.\n" });
  });
});
