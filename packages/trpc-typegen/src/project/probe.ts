import path from "node:path";
import type { ProjectName } from "./projectNames.ts";

/** What to ask the compiler about a router. */
export interface ProbeQuestion {
  readonly routerFile: string;
  readonly exportName: string;
  /** Whether the export is a type already, such as `export type AppRouter = typeof appRouter`. */
  readonly isType: boolean;
  readonly names: readonly ProjectName[];
}

/** The types that a probe declares, by what they answer. */
export const probeTypes = {
  router: "Router",
  /** The outputs as JSON delivers them. */
  outputs: "Outputs",
  /** The same, serialized once more. */
  outputsTwice: "OutputsTwice",
  /** One property for each of the project's exported names, by its number: what it stands for, as JSON delivers it. */
  names: "Names",
} as const;

/** @returns the path for the probe, beside the router and of its kind of module, so that imports resolve alike */
export function probePath(routerFile: string): string {
  const extension = /\.([cm]?)[jt]sx?$/u.exec(routerFile)?.[1] ?? "";
  return path.join(path.dirname(routerFile), `.trpc-typegen-probe.${extension}ts`);
}

/**
 * Writes a module that makes the compiler work out what tRPC's own types say of a router. Only the compiler ever sees
 * it, and only what is looked at costs time.
 */
export function probeText({ routerFile, exportName, isType, names }: ProbeQuestion): string {
  const from = (file: string): string => JSON.stringify(relativeModule(path.dirname(routerFile), file));
  const members = names.flatMap(({ exported, side }, at) =>
    exported === undefined
      ? []
      : [`  n${at}: Serialized<${typeOf(exported.exportName, side, from(exported.file))}>;`],
  );
  return `import type * as trpc from "@trpc/server";
import type { ${exportName} as router } from ${from(routerFile)};

export type ${probeTypes.router} = ${isType ? "router" : "typeof router"};
type Root = { ctx: object; meta: object; errorShape: trpc.TRPCDefaultErrorShape; transformer: false };
type Procedure<Output> = trpc.TRPCQueryProcedure<{ input: void; output: Output; meta: object; errorShape: unknown }>;
type Serialized<Output> = trpc.inferTransformedProcedureOutput<Root, Procedure<Output>>;
type SerializedRecord<Record> = {
  [Name in keyof Record]: Record[Name] extends infer Value
    ? Value extends trpc.AnyTRPCProcedure
      ? Procedure<Serialized<trpc.inferProcedureOutput<Value>>>
      : Value extends trpc.TRPCRouterRecord ? SerializedRecord<Value> : never
    : never;
};
type SerializedRouter = trpc.TRPCBuiltRouter<Root, SerializedRecord<Router["_def"]["record"]>>;

export type ${probeTypes.outputs} = trpc.inferRouterOutputs<Router>;
export type ${probeTypes.outputsTwice} = trpc.inferRouterOutputs<SerializedRouter>;
export interface ${probeTypes.names} {
${members.join("\n")}
}
`;
}

function typeOf(exportName: string, side: ProjectName["side"], module: string): string {
  if (side === "type") return `import(${module}).${exportName}`;
  const part = side === "schema output" ? "output" : "input";
  return `(typeof import(${module}))[${JSON.stringify(exportName)}]["_zod"]["${part}"]`;
}

function relativeModule(from: string, to: string): string {
  const relative = path.relative(from, to).replaceAll(path.sep, "/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}
