import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ModernSyntaxPlugin,
  modernSyntax,
  restoreSpreads,
  type SyntaxNode,
} from "../src/modernSyntax.ts";
import { spell } from "./requests.ts";
import { others, own } from "./requestTable.ts";
import { expectSame, startPair } from "./serverPair.ts";
import { setups } from "./setups.ts";

function restore(code: string): string | undefined {
  return restoreSpreads(code, parseAst(code) as unknown as SyntaxNode);
}

describe("restoreSpreads", () => {
  it.each([
    ["_objectSpread2({}, a)", "({ ...a })"],
    ["_objectSpread2(_objectSpread2({}, a), {}, { b: 1, c })", "({ ...a, b: 1, c })"],
    ["_objectSpread2({ a: 1 }, b)", "({ a: 1, ...b })"],
    ["_objectSpread2({ a: 1 }, b, { c: 2 }, d)", "({ a: 1, ...b, c: 2, ...d })"],
    ["_objectSpread2(_objectSpread2({}, a), (b, c))", "({ ...a, ...(b, c) })"],
    ["_objectSpread2({}, a && { b: _objectSpread2({}, c) })", "({ ...a && { b: ({ ...c }) } })"],
    ["f(() => _objectSpread2({}, a))", "f(() => ({ ...a }))"],
    [
      "_objectSpread2({}, a, { get b() { return _objectSpread2({}, c) } })",
      "({ ...a, get b() { return ({ ...c }) } })",
    ],
    ["_objectSpread2({ m() {}, [k]: 1, /* last */ })", "({ m() {}, [k]: 1 })"],
  ])("%s", (before, after) => {
    expect(restore(before)).toBe(after);
  });

  it.each([
    ["another function", "spread({}, a)"],
    ["a target that exists already", "_objectSpread2(a, b)"],
    ["a list of arguments", "_objectSpread2({}, ...a)"],
    ["descriptors of something that is no literal", "_objectSpread2({}, a, b)"],
    ["a literal with a prototype", "_objectSpread2({}, a, { __proto__: b })"],
    ["a quoted prototype", '_objectSpread2({ "__proto__": b }, a)'],
    ["the helper itself", "function _objectSpread2(e) { return e }"],
    ["no call at all", "const a = { ...b }"],
    ["a mention in a string", '"_objectSpread2({}, a)"'],
  ])("leaves %s", (_, code) => {
    expect(restore(code)).toBeUndefined();
  });

  it("keeps every line where it was", () => {
    const code = "const a = _objectSpread2(_objectSpread2({}, b), {}, {\n\n c: 1,\n // d\n});\nthrow a;";
    expect(restore(code)?.split("\n").indexOf("throw a;")).toBe(code.split("\n").indexOf("throw a;"));
  });
});

describe("modernSyntax", () => {
  let server: Awaited<ReturnType<typeof bundles>>;
  let bundled: Awaited<ReturnType<typeof importBundle>>;
  beforeAll(async () => {
    server = await bundles();
    bundled = await importBundle();
  });

  it("leaves no call of the helper in a bundle of tRPC's server, and no helper", () => {
    const { before, after } = server;
    expect(before).toContain("_objectSpread2(");
    expect(after).not.toContain("_objectSpread2(");
  });

  it("makes nothing of other modules", () => {
    const { transform } = modernSyntax();
    const parse = () => {
      throw new Error("parsed a module that is none of ours");
    };
    expect(transform.handler.call({ parse }, "_objectSpread2({}, a)", "/app/src/main.js")).toBeNull();
  });

  it("finds nothing to do in modern syntax", () => {
    const { transform } = modernSyntax();
    const code = "export const a = { ...b };";
    const context = { parse: (text: string) => parseAst(text) };
    expect(transform.handler.call(context, code, "/node_modules/@trpc/server/dist/index.mjs")).toBeNull();
  });

  it.each(["plain", "superjson", "metaWebHeaders", "contextThrowsError", "formatterSetsStatus"] as const)(
    "answers from such a bundle as tRPC does without, set up as %s",
    async (name) => {
      await using pair = await startPair(setups[name], {
        create: bundled.createNodeHandler,
        setup: bundled.setups[name],
      });
      for (const [request, spelling] of Object.entries({ ...own, ...others })) {
        await expectSame(pair, spell(spelling)).catch((cause: unknown) => {
          throw new Error(`${request}: ${cause instanceof Error ? cause.message : cause}`, { cause });
        });
      }
    },
  );

  it("makes the same objects as the helper does", () => {
    const objectSpread = helperIn(server.before);
    const part = fc.dictionary(fc.constantFrom("a", "b", "__proto__", "1", "constructor"), fc.anything(), {
      noNullPrototype: false,
    });
    const spreadable = fc.oneof(part, fc.constantFrom(null, undefined, false, 0, "text", [1, 2]));
    const restored = new Function(
      "a",
      "b",
      "c",
      `return ${restore("_objectSpread2(_objectSpread2({}, a), {}, { b, ['__proto__']: c, get d() { return c } }, c)")}`,
    ) as (...parts: unknown[]) => object;
    fc.assert(
      fc.property(spreadable, fc.anything(), spreadable, (a, b, c) => {
        const literal = {
          b,
          ["__proto__"]: c,
          get d() {
            return c;
          },
        };
        const expected = objectSpread(objectSpread({}, a), {}, literal, c);
        const actual = restored(a, b, c);
        expect(Reflect.ownKeys(actual)).toEqual(Reflect.ownKeys(expected));
        expect(Object.getPrototypeOf(actual)).toBe(Object.getPrototypeOf(expected));
        for (const key of Reflect.ownKeys(expected)) {
          const [one, other] = [actual, expected].map((object) =>
            Object.getOwnPropertyDescriptor(object, key),
          );
          expect([one?.enumerable, typeof one?.get]).toEqual([other?.enumerable, typeof other?.get]);
          expect(Reflect.get(actual, key)).toBe(Reflect.get(expected, key));
        }
      }),
    );
  });
});

/** Babel's helper as it stands in a bundle, together with the functions that it calls. */
function helperIn(code: string): (...parts: unknown[]) => object {
  const names = ["_typeof", "toPrimitive", "toPropertyKey", "_defineProperty", "ownKeys", "_objectSpread2"];
  const functions = parseAst(code).body.filter(
    (node) => node.type === "FunctionDeclaration" && names.includes(node.id?.name ?? ""),
  );
  expect(functions.length, "tRPC ships modern syntax: the plugin and this test can go").toBe(names.length);
  const source = functions.map(({ start, end }) => code.slice(start, end)).join("\n");
  return new Function(`${source}\nreturn _objectSpread2;`)();
}

/** Bundles modules for node, everything they import included. */
async function bundle(input: string[], plugins: readonly ModernSyntaxPlugin[]): Promise<string> {
  const build = await rolldown({
    input,
    platform: "node",
    resolve: { conditionNames: ["import", "node", "default"] },
    plugins: [...plugins],
  });
  const { output } = await build.generate();
  await build.close();
  return output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("\n");
}

/** tRPC's server bundled without the plugin and with it. */
async function bundles(): Promise<{ before: string; after: string }> {
  const input = ["@trpc/server/adapters/standalone", "@trpc/server"].map((name) =>
    fileURLToPath(import.meta.resolve(name)),
  );
  return { before: await bundle(input, []), after: await bundle(input, [modernSyntax()]) };
}

/** This package and the routers under test, bundled with the plugin. */
async function importBundle(): Promise<typeof import("./bundleEntry.ts")> {
  const code = await bundle([fileURLToPath(new URL("bundleEntry.ts", import.meta.url))], [modernSyntax()]);
  expect(code).not.toContain("_objectSpread2(");
  // From a file: each frame of each error's stack names the module, and a data URL is the whole of its text.
  const folder = mkdtempSync(path.join(tmpdir(), "trpc-http-bundle-"));
  try {
    const file = path.join(folder, "bundle.mjs");
    writeFileSync(file, code);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
