import path from "node:path";
import { generateRouterTypes } from "../src/index.ts";
import { packageFolder, parsedFiles } from "./scratchFolder.ts";

/** The routers that the types are compared over: one whose values travel as JSON, one with a transformer. */
export const hardRouters = {
  json: {
    procedures: 43,
    /** Where the generated file cannot say the same; `docs/typegen.md` says why, under "Known limits". */
    differences: [
      ...parts("oddities.branded", ["output", "client", "tanstack"]),
      ...parts("oddities.enums", ["input", "output", "client", "tanstack"]),
    ],
  },
  transformed: {
    procedures: 34,
    differences: parts("orderId", ["output", "client", "tanstack"]),
  },
} as const;

/** The name of one of the hard routers. */
export type HardRouter = keyof typeof hardRouters;

/** @returns the path of a hard router's source */
export function routerFile(name: HardRouter): string {
  return path.join(packageFolder, "test/routers", `${name}.ts`);
}

const texts = new Map<HardRouter, string>();

/** @returns the generated file for a hard router */
export function generatedText(name: HardRouter): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const outFile = path.join(packageFolder, "router.d.ts");
  const result = generateRouterTypes({ routerFile: routerFile(name), outFile, parsedFiles });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, undefined, 2));
  texts.set(name, result.text);
  return result.text;
}

function parts(procedure: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${procedure}: ${name}`);
}
