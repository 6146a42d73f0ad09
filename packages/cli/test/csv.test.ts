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
    ["what no double holds is a text among texts", ["x", "769308320146468865"], ["x", "769308320146468865"]],
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

test("a number that no double holds is refused among numbers, and --column makes it a text", async () => {
  const text = (number: string) => `id,data.x,data.y[]\na,${number},2\nb,1.10,1;${number}\n`;
  for (const number of ["769308320146468865", "1e400"]) {
    const problem = `has the number ${number}, which a double-precision number cannot hold: if the column holds texts, say --column`;
    expect(await read(text(number))).toEqual([
      `cannot be taken: data.x ${problem} "data.x=:string"`,
      `cannot be taken: data.y ${problem} "data.y[]=:string"`,
    ]);
    expect(await read(`id,n\na,${number}\n`, { columns: [{ name: "n", path: "data.n" }] })).toEqual([
      `cannot be taken: data.n ${problem} "n=data.n:string"`,
    ]);
    const columns = [
      { name: "data.x", path: "data.x", type: "string" as const },
      { name: "data.y[]", path: "data.y[]", type: "string" as const },
    ];
    expect(await read(text(number), { columns })).toEqual([
      { id: "a", data: { x: number, y: ["2"] } },
      { id: "b", data: { x: "1.10", y: ["1", number] } },
    ]);
  }
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
    expect(run.stderr).toBe("301 items would be written, by what the schema says; the server checks more.\n");
    const [first] = run.stdout.split("\n", 1);
    expect(JSON.parse(first ?? "")).toEqual({ id: "0", data: { price: 0.5, zip: "10000" } });
  });

  test("refuses by the server's words what it knows of the server's rules", async () => {
    const ids = [".", "a/b", " ", "a ", "é".repeat(512)];
    const wrong = [...ids.map((id) => ({ id })), {}, { id: 5, nmae: 1 }, { id: "a", ttl: 1.5, tags: "x" }];
    const input = wrong.map((item) => JSON.stringify(item)).join("\n");
    const run = await runCli(["items", "import", "-", "--format", "ndjson", "--dry-run"], { input });
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr.replaceAll("cosmos-trpc: ", "").split("\n")).toEqual([
      "line 1: id must not be '.' or '..'.",
      "line 2: id must have none of the characters / \\ ? #.",
      "line 3: id must not end with a space; id must not be white space only.",
      "line 4: id must not end with a space.",
      "line 5: id is longer than 1023 bytes.",
      "line 6: id is missing.",
      "line 7: id has to be a string; nmae is not a known field.",
      "line 8: tags has to be an array; ttl has to be a whole number.",
      "0 items would be written, by what the schema says; the server checks more.",
      "8 of 8 items were wrong.",
      "",
    ]);
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
