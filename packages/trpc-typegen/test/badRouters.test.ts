import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { formatProblem, generateRouterTypes } from "../src/index.ts";
import { parsedFiles, scratchFolder } from "./scratchFolder.ts";

const start = 'import { initTRPC } from "@trpc/server";\n';
const json = `${start}const t = initTRPC.create();\n`;
const transformed = `${start}const t = initTRPC.create({ transformer: { serialize: (v) => v, deserialize: (v) => v } });\n`;

/** What is wrong, the router's text after the first line, and what is said of it. */
const bad: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a file that does not compile",
    `${json}export const appRouter = t.router({ a: t.procedure.query(() => missing) });\n`,
    ["router.ts:3:64: Cannot find name 'missing'. (TS2304)"],
  ],
  [
    "a syntax error",
    `${json}export const appRouter = t.router({ a: );\n`,
    ["router.ts:3:40: Expression expected. (TS1109)"],
  ],
  [
    "no export of the name",
    `${json}export const other = t.router({});\n`,
    ["router.ts: there is no export named appRouter; it exports other"],
  ],
  ["no export at all", json, ["router.ts: there is no export named appRouter; it exports nothing"]],
  [
    "an export that is no router",
    "export const appRouter = { a: 1 };\n",
    ["router.ts:1:14: the export appRouter is not a tRPC router but { a: number; }"],
  ],
  [
    "a unique symbol",
    `${json}const secret: unique symbol = Symbol();
export const appRouter = t.router({ a: { b: t.procedure.query(() => ({ c: [secret] as [typeof secret] })) } });\n`,
    [
      "router.ts:4:72: a.b: output.c[0]: a unique symbol exists only in the server, so no client can name its type",
    ],
  ],
  [
    "a property behind a symbol",
    `${transformed}const secret: unique symbol = Symbol();
export const appRouter = t.router({ a: t.procedure.query(() => ({ [secret]: 1 })) });\n`,
    [
      "router.ts:4:67: a: output[secret]: its key is a symbol of the server's own, which no client can name (to brand a type, use a string key or zod's .brand())",
    ],
  ],
  [
    "a symbol in JSON",
    `${json}export const appRouter = t.router({ a: t.procedure.query((): { s: symbol } => ({ s: Symbol() })) });\n`,
    ["router.ts:3:64: a: output.s: a symbol cannot be sent as JSON"],
  ],
  ...["JSON", "a transformer"].map((carrier): (typeof bad)[number] => {
    const head = carrier === "JSON" ? json : transformed;
    return [
      `an anonymous class, a private member and functions under ${carrier}`,
      `${head}class Account { id = ""; #secret = 1; private pin = 2; read() { return this.#secret + this.pin; } }
class Pin { private pin = 1; read = () => this.pin; }
export const appRouter = t.router({
  anonymous: t.procedure.query(() => new (class { a = 1; })()),
  hash: t.procedure.query(() => [new Account()]),
  modifier: t.procedure.query(() => ({ pin: new Pin() })),
  call: t.procedure.query(() => ({ run: () => 1 })),
  whole: t.procedure.query(() => () => 1),
  fine: t.procedure.query(() => 1),
});\n`,
      [
        "router.ts:6:3: anonymous: output: this is an instance of an anonymous class, which nothing outside the server can name",
        "router.ts:7:3: hash: output[]: this is an instance of the class Account, whose member #secret is private; return a plain object instead",
        "router.ts:8:40: modifier: output.pin: this is an instance of the class Pin, whose member pin is private; return a plain object instead",
        "router.ts:9:36: call: output.run: a function cannot be sent to a client",
        "router.ts:10:3: whole: output: a function cannot be sent to a client",
      ],
    ];
  }),
  [
    "a function in an input",
    `${json}import { z } from "zod";
export const appRouter = t.router({ a: t.procedure.input(z.object({ f: z.custom<() => void>() })).query(() => 1) });\n`,
    ["router.ts:4:69: a: input.f: a function cannot be sent to a client"],
  ],
  [
    "an error shape that cannot be sent",
    `${start}const t = initTRPC.create({ errorFormatter: ({ shape }) => ({ ...shape, retry: () => 1 }) });
export const appRouter = t.router({ a: t.procedure.query(() => 1) });\n`,
    ["router.ts:2:73: error shape.retry: a function cannot be sent to a client"],
  ],
  [
    "a type that grows for ever",
    `${transformed}interface Nest<T> { value: T; deeper: Nest<T[]> }
export const appRouter = t.router({ a: t.procedure.query((): Nest<1> => { throw new Error(); }) });\n`,
    ["router.ts:3:21: a: output.deeper.deeper.deeper.deeper.deepe…: this type grows without end"],
  ],
];

describe("what stands in the way is named with its place:", () => {
  test.each(bad)("%s", (_, text, expected) => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "router.ts"), text);
    writeFileSync(
      path.join(folder, "tsconfig.json"),
      '{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2024" } }',
    );
    const result = generateRouterTypes({
      routerFile: path.join(folder, "router.ts"),
      outFile: path.join(folder, "router.d.ts"),
      parsedFiles,
    });
    const lines = result.ok
      ? result.text
      : result.problems.map((problem) => formatProblem(problem, (file) => path.relative(folder, file)));
    expect(lines).toEqual(expected);
  });
});
