import path from "node:path";
import { describe, expect, test } from "vitest";
import { comparison, compileConsumer, compilers } from "./compileConsumer.ts";
import { generatedText, type HardRouter, hardRouters, routerFile } from "./hardRouters.ts";
import { packageFolder, scratchFolder } from "./scratchFolder.ts";

// The installed declarations, a hundred times as long as what is compared here, are not checked again each time. The
// generated text is: as `.ts` it is no library. `alone.test.ts` checks it as the library that it is.
const serverOptions = {
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [path.resolve(packageFolder, "../../node_modules/@types")],
};

describe.each(compilers)("to a client with %s", (compiler) => {
  test.each([true, false])(
    "and exactOptionalPropertyTypes %s the file says what the server says",
    async (isExact) => {
      const names = Object.keys(hardRouters) as HardRouter[];
      const files = names.flatMap((name) => [
        [`generated-${name}.ts`, generatedText(name)],
        [`consumer-${name}.ts`, comparingConsumer(name)],
      ]);
      const options = { ...serverOptions, exactOptionalPropertyTypes: isExact };
      const errors = await compileConsumer(scratchFolder(), Object.fromEntries(files), compiler, options);
      expect(errors).toBe("");
    },
  );
});

/** Changes to a generated file, and the one difference to the server's own type that each makes. */
const changes: readonly (readonly [HardRouter, RegExp, string, string])[] = [
  ["json", /get: QueryProcedure<\{ id: string \}/u, "get: QueryProcedure<{ id: number }", "items.get: input"],
  ["json", /"pong"/u, '"ping"', "ping: output"],
  ["json", /"pong"/u, '"ping"', "ping: client"],
  ["json", /"pong"/u, '"ping"', "ping: tanstack"],
  ["json", /upsert: MutationProcedure/u, "upsert: QueryProcedure", "items.upsert: kind"],
  ["json", /failing: (\w+)<void, number, \w+>/u, "failing: $1<void, number>", "oddities.failing: errorShape"],
  ["json", /echo: QueryProcedure<unknown, unknown>/u, "echo: QueryProcedure<unknown, any>", "echo: output"],
  ["json", /ticks: SubscriptionProcedure<.*>;/u, "", "late.ticks is missing"],
  ["json", /kind: "upsert"; at: string/u, 'kind: "upsert"; at: number', "late.watch: output"],
  [
    "json",
    /old: ObservableProcedure<void, \{ at: string/u,
    "old: ObservableProcedure<void, { at: number",
    "late.old: output",
  ],
  ["transformed", /readonly id: string/u, "id: string", "folders.root: output"],
  [
    "transformed",
    /a\?: number \| undefined; b\?: number \}/u,
    "a?: number; b?: number }",
    "optionals: input",
  ],
  ["transformed", /a\?: number; b\?: number \| undefined/u, "a?: number; b?: number", "optionals: output"],
  ["transformed", /transformer: true/u, "transformer: false", "dates: output"],
];

test("the comparison finds each of these differences, and none without them", async () => {
  const files: Record<string, string> = {};
  for (const [at, [name, from, to, difference]] of changes.entries()) {
    const text = generatedText(name);
    expect(text).toMatch(from);
    files[`changed-${at}.ts`] = text.replace(from, to);
    files[`unchanged-${name}.ts`] = text;
    files[`consumer-${at}.ts`] = `import type { appRouter } from ${JSON.stringify(routerFile(name))};
import type { Differences } from ${JSON.stringify(comparison)};
import type { AppRouter as Changed } from "./changed-${at}.ts";
import type { AppRouter as Unchanged } from "./unchanged-${name}.ts";
type Has<Router> = ${JSON.stringify(difference)} extends Router ? true : false;
export const inChanged: Has<Differences<typeof appRouter, Changed>> = true;
export const inUnchanged: Has<Differences<typeof appRouter, Unchanged>> = false;
`;
  }
  const options = { ...serverOptions, exactOptionalPropertyTypes: true };
  const errors = await compileConsumer(scratchFolder(), files, "TypeScript 7", options);
  expect(errors).toBe("");
});

function comparingConsumer(name: HardRouter): string {
  const { differences, procedures } = hardRouters[name];
  return `import type { appRouter } from ${JSON.stringify(routerFile(name))};
import type { Count, Differences, Paths, Same, SameRouter } from ${JSON.stringify(comparison)};
import type { AppRouter as Generated } from "./generated-${name}.ts";
type Server = typeof appRouter;
type Found = Differences<Server, Generated>;
declare const found: Found;
export const expected: ${differences.map((difference) => JSON.stringify(difference)).join(" | ")} = found;
export const isAll: Same<Found, typeof expected> = true;
export const count: Count<Paths<Server["_def"]["record"]>> = ${procedures};
export const whole: SameRouter<Server, Generated> = { errorShape: true, transformer: true };
`;
}
