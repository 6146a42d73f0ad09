import { statSync } from "node:fs";
import type ts from "typescript-6";
import { isInstalled } from "./sourceFiles.ts";

/**
 * Installed files as the compiler has parsed them, TypeScript's own library among them: routers that are read with the
 * same one parse only once what their projects have in common.
 */
export interface ParsedFiles {
  /**
   * @param file the file's absolute path
   * @param options the compiler's settings for the project that wants it
   * @param parse parses it
   * @returns the file as it was parsed before, under the same settings and from the same text, or as it is parsed now
   */
  readonly read: (
    file: string,
    options: ts.CompilerOptions,
    parse: () => ts.SourceFile | undefined,
  ) => ts.SourceFile | undefined;
}

/** Makes a place for parsed files, for routers that are read in one process one after the other. */
export function createParsedFiles(): ParsedFiles {
  const known = new Map<string, { readonly version: string; readonly source: ts.SourceFile | undefined }>();
  return {
    read(file, options, parse) {
      if (!isInstalled(file)) return parse();
      const status = statSync(file, { throwIfNoEntry: false });
      const version = `${status?.mtimeMs} ${status?.size}`;
      // Where a project lies changes nothing in how a file is parsed and bound; every other setting may.
      const key = `${file} ${JSON.stringify({ ...options, configFilePath: "", pathsBasePath: "" })}`;
      const earlier = known.get(key);
      if (earlier?.version === version) return earlier.source;
      const source = parse();
      known.set(key, { version, source });
      return source;
    },
  };
}
