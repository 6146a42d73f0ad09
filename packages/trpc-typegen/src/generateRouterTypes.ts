import path from "node:path";
import ts from "typescript-6";
import { chooseNames, type KnownName, type NamingRoot } from "./names/chooseNames.ts";
import { classifyTypes, reachable } from "./names/classifyTypes.ts";
import { pascalCase } from "./names/pascalCase.ts";
import { printFile } from "./print/printFile.ts";
import { procedureTypes } from "./print/printRouter.ts";
import { recordType } from "./print/printType.ts";
import type { Problem } from "./problem.ts";
import { compileErrors } from "./project/compileErrors.ts";
import { readCompilerSettings } from "./project/compilerSettings.ts";
import { findRouter } from "./project/findRouter.ts";
import { openPrograms } from "./project/openPrograms.ts";
import { createParsedFiles, type ParsedFiles } from "./project/parsedFiles.ts";
import { probePath, probeText } from "./project/probe.ts";
import { projectNames } from "./project/projectNames.ts";
import { openProbe } from "./read/openProbe.ts";
import { readKnownNames } from "./read/readKnownNames.ts";
import { readRouter } from "./read/readRouter.ts";
import { type ApiTree, proceduresOf } from "./routerTree.ts";
import { isMergedUsed, mergedType, type TypeTree } from "./typeTree.ts";

/** Which router to read, and for which file. Relative paths start from the working directory. */
export interface GenerateOptions {
  /** The TypeScript file that exports the router. */
  readonly routerFile: string;
  /** The router's exported name: a value, or a type such as `AppRouter`. By default `appRouter`. */
  readonly exportName?: string;
  /** The file to be written. Nothing is written here; its place only goes into the text, and it is never read. */
  readonly outFile: string;
  /** The project that the router belongs to. By default the nearest `tsconfig.json` above it. */
  readonly tsconfig?: string;
  /** Where to keep what is parsed of installed packages: by the same one, the next router is read in half the time. */
  readonly parsedFiles?: ParsedFiles;
}

/** The generated file's text, or everything that stands in its way. */
export type GenerateResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a tRPC router through TypeScript's compiler and writes its types as one declaration file that needs nothing but
 * `@trpc/server`. The router is not run. Equal sources give equal text, on any machine.
 *
 * @example
 * const result = generateRouterTypes({ routerFile: "src/router.ts", outFile: "generated/router.d.ts" });
 * if (result.ok) writeFileSync("generated/router.d.ts", result.text);
 * else console.error(result.problems);
 */
export function generateRouterTypes(options: GenerateOptions): GenerateResult {
  const routerFile = normalized(options.routerFile);
  const outFile = normalized(options.outFile);
  const exportName = options.exportName ?? "appRouter";
  if (!ts.sys.fileExists(routerFile)) return failed([{ file: routerFile, message: "there is no such file" }]);

  const settings = readCompilerSettings(
    routerFile,
    options.tsconfig === undefined ? undefined : normalized(options.tsconfig),
  );
  if (!("options" in settings)) return failed(settings);
  const programs = openPrograms(routerFile, settings, outFile, options.parsedFiles ?? createParsedFiles());
  const configured = programs.asConfigured();
  const errors = compileErrors(configured, routerFile);
  if (errors.length > 0) return failed(errors);
  const router = findRouter(configured, routerFile, exportName);
  if ("message" in router) return failed([router]);

  const names = projectNames(configured);
  const probeFile = probePath(routerFile);
  const program = programs.withProbe(
    probeFile,
    probeText({ routerFile, exportName, isType: router.isType, names }),
  );
  const probe = openProbe(program, probeFile, routerFile);
  if ("message" in probe) return failed([probe]);

  const serverOutputs: TypeTree[] = [];
  const api = readRouter(probe.reading, probe.types, router.declaration, serverOutputs);
  const { problems } = probe.reading;
  if (problems.length > 0) return failed(problems);

  const roots = namingRoots(api);
  const knownNames = readKnownNames(
    probe,
    names,
    roots.map((root) => root.tree),
    serverOutputs,
  );
  const routerName = router.isType
    ? exportName
    : exportName === "default"
      ? "AppRouter"
      : pascalCase(exportName);
  const text = layOut(api, roots, knownNames, {
    routerName,
    routerDocumentation: router.documentation,
    source: `${path.relative(path.dirname(outFile), routerFile).replaceAll(path.sep, "/")} (${exportName})`,
    brands: probe.reading.brands,
  });
  return { ok: true, text };
}

interface Heading {
  readonly routerName: string;
  readonly routerDocumentation: string | undefined;
  readonly source: string;
  readonly brands: ReadonlyMap<string, string>;
}

function layOut(
  api: ApiTree,
  roots: readonly NamingRoot[],
  knownNames: readonly KnownName[],
  heading: Heading,
): string {
  const mentioned = reachable([...roots.map((root) => root.tree), api.transformer]);
  const classOf = classifyTypes([...mentioned, ...knownNames.map((known) => known.tree)]);
  const references = [...mentioned].flatMap((tree) =>
    tree.kind === "reference" ? [tree.name.replace(/\..*$/su, "")] : [],
  );
  const trpcNames = [
    "TRPCBuiltRouter",
    "TRPCQueryProcedure",
    "TRPCMutationProcedure",
    "TRPCSubscriptionProcedure",
  ];
  const taken = new Set([
    ...references,
    ...trpcNames,
    ...Object.values(procedureTypes),
    recordType,
    ...(isMergedUsed(mentioned) ? [mergedType] : []),
    heading.routerName,
  ]);
  const declarations = chooseNames(roots, knownNames, classOf, taken);
  const printing = { classOf, nameOf: (tree: TypeTree) => declarations.get(classOf(tree))?.name };
  const keys = new Set(
    [...mentioned].flatMap((tree) => (tree.kind === "object" ? tree.properties.map(({ key }) => key) : [])),
  );
  return printFile(printing, {
    ...heading,
    api,
    trees: mentioned,
    declarations: [...declarations.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    brands: [...heading.brands.values()].filter((brand) => keys.has(`[${brand}]`)).toSorted(),
  });
}

/** The types that the router mentions, with what to call them if they need a name and have none. */
function namingRoots(api: ApiTree): readonly NamingRoot[] {
  const procedures = proceduresOf(api.router).flatMap(({ path: names, input, output, errorShape }) => {
    const name = pascalCase(...names);
    return [
      { tree: input, fallbackName: `${name}Input`, isAlwaysNamed: false },
      { tree: output, fallbackName: `${name}Output`, isAlwaysNamed: false },
      ...(errorShape === undefined
        ? []
        : [{ tree: errorShape, fallbackName: `${name}ErrorShape`, isAlwaysNamed: true }]),
    ];
  });
  return [{ tree: api.errorShape, fallbackName: "ErrorShape", isAlwaysNamed: true }, ...procedures];
}

function failed(problems: readonly Problem[]): GenerateResult {
  return { ok: false, problems };
}

/** The compiler writes all paths with forward slashes. */
function normalized(file: string): string {
  return path.resolve(file).replaceAll(path.sep, "/");
}
