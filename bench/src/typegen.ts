import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { generateRouterTypes } from "@cosmos-trpc/trpc-typegen";
import { median } from "./load/statistics.ts";
import { quick } from "./quick.ts";
import { consumerSource, procedureCount, serverSources } from "./typegen/largeRouter.ts";

/** How often each project is compiled. */
const runs = quick ? 1 : 5;
const require = createRequire(import.meta.url);
const compilers = { "TypeScript 6": compiler("typescript-6"), "TypeScript 7": compiler("typescript") };

let folder = "";

/**
 * Measures how long a client of a 200-procedure router takes to type-check: with the router's inferred type from the
 * server's sources, from the declarations that tsc emits for them, and from the file that trpc-typegen writes.
 */
export async function measureTypegen(): Promise<object> {
  folder = mkdtempSync(path.join(tmpdir(), "typegen-bench-"));
  try {
    return measure();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(): object {
  const dependencies = path.resolve(import.meta.dirname, "../node_modules");
  symlinkSync(dependencies, path.join(folder, "node_modules"), "dir");
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
  mkdirSync(path.join(folder, "server"));
  for (const [name, text] of Object.entries(serverSources()))
    writeFileSync(path.join(folder, "server", name), text);

  const routerFile = path.join(folder, "server/router.ts");
  const before = performance.now();
  const result = generateRouterTypes({ routerFile, outFile: path.join(folder, "generated.d.ts") });
  const generation = performance.now() - before;
  if (!result.ok) throw new Error(JSON.stringify(result.problems, undefined, 2));
  writeFileSync(path.join(folder, "generated.d.ts"), result.text);
  emitDeclarations();

  const clients = {
    "the server's sources": "./server/router.ts",
    "its emitted declarations": "./declarations/router.js",
    "the generated file": "./generated.js",
  };
  const rows: object[] = [];
  for (const [compilerName, tsc] of Object.entries(compilers)) {
    const projects = Object.entries(clients).map(([name, module], at) => ({
      name,
      file: project(module, at),
    }));
    const measured = projects.map(({ name, file }) => ({ name, file, samples: [] as Figures[] }));
    // In turns, so that a slow moment of the machine falls on all alike.
    for (let run = 0; run < runs; run++)
      for (const { file, samples } of measured) samples.push(figures(tsc, file));
    for (const { name, samples } of measured) {
      const column = (figure: keyof Figures) => median(samples.map((sample) => sample[figure]));
      rows.push({
        compiler: compilerName,
        typeFrom: name,
        files: column("files"),
        types: column("types"),
        instantiations: column("instantiations"),
        checkSeconds: column("check"),
        totalSeconds: column("total"),
      });
    }
  }
  console.table(rows);
  const generationMs = Math.round(generation);
  return { procedures: procedureCount, runs, generationMs, kilobytes: kilobytes(result.text), rows };
}

interface Figures {
  readonly files: number;
  readonly types: number;
  readonly instantiations: number;
  readonly check: number;
  readonly total: number;
}

const settings = {
  strict: true,
  target: "es2024",
  module: "nodenext",
  lib: ["es2024", "esnext.disposable", "esnext.iterator", "dom", "dom.iterable", "dom.asynciterable"],
  types: [],
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

/** @returns the project file of a client that takes the router's type from a module */
function project(module: string, at: number): string {
  const file = path.join(folder, `tsconfig.${at}.json`);
  writeFileSync(path.join(folder, `consumer${at}.ts`), consumerSource(module));
  const compilerOptions = { ...settings, noEmit: true };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: [`consumer${at}.ts`] }));
  return file;
}

function emitDeclarations(): void {
  const file = path.join(folder, "tsconfig.declarations.json");
  const compilerOptions = {
    ...settings,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: "server",
    outDir: "declarations",
  };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: ["server/router.ts"] }));
  run(compilers["TypeScript 6"], ["-p", file]);
}

function figures(tsc: string, file: string): Figures {
  const output = run(tsc, ["-p", file, "--extendedDiagnostics"]);
  const figure = (label: string): number => {
    const found = new RegExp(`^${label}:\\s+([\\d.]+)`, "mu").exec(output)?.[1];
    if (found === undefined) throw new Error(`no ${label} in:\n${output}`);
    return Number(found);
  };
  return {
    files: figure("Files"),
    types: figure("Types"),
    instantiations: figure("Instantiations"),
    check: figure("Check time"),
    total: figure("Total time"),
  };
}

function run(script: string, arguments_: readonly string[]): string {
  const ended = spawnSync(process.execPath, [script, ...arguments_], { cwd: folder, encoding: "utf8" });
  if (ended.status !== 0)
    throw new Error(`${script} exited ${ended.status}:\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

function compiler(name: string): string {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { tsc: string } };
  return path.join(path.dirname(manifest), bin.tsc);
}

function kilobytes(text: string): number {
  return Math.round(Buffer.byteLength(text) / 100) / 10;
}
