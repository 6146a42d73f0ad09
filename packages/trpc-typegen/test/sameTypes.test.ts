import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { generateRouterTypes } from "../src/index.ts";
import { compilers, type Ended, runNode } from "./runProcess.ts";
import { packageFolder, scratchFolder } from "./scratchFolder.ts";

/** What each hard router is expected to differ in, and why, is in docs/typegen.md under "Known limits". */
const routers = {
  json: {
    procedures: 45,
    differences: [
      ...parts("oddities.branded", ["output", "event", "client", "tanstack"]),
      ...parts("oddities.enums", ["input", "output", "event", "client", "tanstack"]),
    ],
  },
  transformed: {
    procedures: 38,
    differences: parts("orderId", ["output", "event", "client", "tanstack"]),
  },
} as const;

const lib = ["es2024", "esnext.disposable", "esnext.iterator", "dom", "dom.iterable", "dom.asynciterable"];

describe.each(Object.keys(compilers) as (keyof typeof compilers)[])("to a client with %s", (compiler) => {
  describe.each([true, false])("and exactOptionalPropertyTypes %s", (isExact) => {
    test.each(Object.keys(routers) as (keyof typeof routers)[])("the router %s is what the server says", async (name) => {
      const outcome = await compareWithServer(name, generated(name), compilers[compiler], isExact);
      expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
    });
  });
});

describe("the comparison notices", () => {
  const changes: readonly (readonly [string, keyof typeof routers, RegExp, string, string])[] = [
    ["another input", "json", /get: QueryProcedure<\{ id: string \}/u, "get: QueryProcedure<{ id: number }", "items.get: input"],
    ["another output", "json", /"pong"/u, '"ping"', "ping: output"],
    ["a lost readonly", "transformed", /readonly id: string/u, "id: string", "folders.root: output"],
    ["a lost undefined", "transformed", /\{ a\?: number \| undefined; b\?: number \}/u, "{ a?: number; b?: number }", "optionals: input"],
    ["an added undefined", "transformed", /\{ a\?: number; b\?: number \| undefined; c: u/u, "{ a?: number | undefined; b?: number | undefined; c: u", "optionals: output"],
    ["another kind", "json", /upsert: MutationProcedure/u, "upsert: QueryProcedure", "items.upsert: kind"],
    ["lost errors", "json", /failing: QueryProcedure<void, number, \w+>/u, "failing: QueryProcedure<void, number>", "oddities.failing: errorShape"],
    ["any for unknown", "json", /echo: QueryProcedure<unknown, unknown>/u, "echo: QueryProcedure<unknown, any>", "echo: output"],
    ["a lost procedure", "json", /ticks: SubscriptionProcedure<.*>;/u, "", "late.ticks is missing"],
    ["another transformer", "transformed", /transformer: true/u, "transformer: false", "dates: output"],
  ];
  test.each(changes)("%s", async (_, name, from, to, difference) => {
    const text = generated(name);
    expect(text).toMatch(from);
    const outcome = await compareWithServer(name, text.replace(from, to), compilers["TypeScript 6"], true, difference);
    expect(outcome.stdout).toContain("the difference looked for is there");
  });
});

function generated(name: keyof typeof routers): string {
  const result = generateRouterTypes({ routerFile: routerFile(name), outFile: path.join(packageFolder, "router.d.ts") });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.text;
}

function routerFile(name: keyof typeof routers): string {
  return path.join(packageFolder, "test/routers", `${name}.ts`);
}

/** Compiles a client that holds the generated file against the server's sources. */
async function compareWithServer(
  name: keyof typeof routers,
  text: string,
  compiler: string,
  isExact: boolean,
  lookedFor?: string,
): Promise<Ended> {
  const folder = scratchFolder();
  const { differences, procedures } = routers[name];
  writeFileSync(path.join(folder, "router.d.ts"), text);
  writeFileSync(
    path.join(folder, "consumer.ts"),
    `import type { appRouter } from ${JSON.stringify(routerFile(name))};
import type { Differences, Paths, Same, SameRouter } from ${JSON.stringify(path.join(packageFolder, "test/compare/differences.ts"))};
import type { AppRouter as Generated } from "./router.js";
type Server = typeof appRouter;
type Found = Differences<Server, Generated>;
type Count<Union, Counted extends 0[] = []> = [Union] extends [never] ? Counted["length"] : Count<Exclude<Union, Last<Union>>, [...Counted, 0]>;
type Last<Union> = (Union extends unknown ? (of: () => Union) => void : never) extends (of: infer Of) => void ? Of extends () => infer One ? One : never : never;
${
  lookedFor === undefined
    ? `declare const found: Found;
export const expected: ${differences.map((difference) => JSON.stringify(difference)).join(" | ")} = found;
export const isAll: Same<Found, typeof expected> = true;
export const count: Count<Paths<Server["_def"]["record"]>> = ${procedures};
export const whole: Omit<SameRouter<Server, Generated>, "inputs" | "outputs"> = { errorShape: true, transformer: true };
`
    : `export const isThere: ${JSON.stringify(lookedFor)} extends Found ? "the difference looked for is there" : 0 = 0;\n`
}`,
  );
  const options = {
    strict: true,
    target: "es2024",
    module: "nodenext",
    noEmit: true,
    skipLibCheck: false,
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: isExact,
    lib,
    types: ["node"],
    typeRoots: [path.resolve(packageFolder, "../../node_modules/@types")],
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["consumer.ts"] }));
  return await runNode([compiler, "-p", "."], folder);
}

function parts(procedure: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${procedure}: ${name}`);
}

test("the hard routers are read from the files that the comparison reads", () => {
  for (const name of Object.keys(routers) as (keyof typeof routers)[]) {
    expect(readFileSync(routerFile(name), "utf8")).toContain("appRouter");
  }
});
