import ts from "typescript-6";
import type { CompilerSettings } from "./compilerSettings.ts";
import type { ParsedFiles } from "./parsedFiles.ts";

/** Makes programs over the same files that share everything parsed, one of them with a file that is not on disk. */
export interface ProgramMaker {
  /** @returns the server's program under the server's own settings */
  readonly asConfigured: () => ts.Program;
  /**
   * @param file the absolute path of a file that is not on disk
   * @param text its text
   * @returns the server's program with that file, read so that nothing about optional properties is lost
   */
  readonly withProbe: (file: string, text: string) => ts.Program;
}

/**
 * @param routerFile the router's absolute path
 * @param settings how the project compiles
 * @param outFile the generated file, which must not take part in its own making
 * @param installed where installed files are kept once they are parsed
 */
export function openPrograms(
  routerFile: string,
  settings: CompilerSettings,
  outFile: string,
  installed: ParsedFiles,
): ProgramMaker {
  const roots = [routerFile, ...settings.ambientFiles.filter((file) => file !== outFile)];
  const host = ts.createCompilerHost(settings.options, true);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const readFromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion, onError) => {
    if (!parsed.has(file)) {
      const parse = () => readFromDisk(file, languageVersion, onError);
      parsed.set(file, installed.read(file, settings.options, parse));
    }
    return parsed.get(file);
  };
  return {
    asConfigured: () => ts.createProgram({ rootNames: roots, options: settings.options, host }),
    withProbe: (probeFile, text) => {
      const withProbe: ts.CompilerHost = {
        ...host,
        fileExists: (file) => file === probeFile || host.fileExists(file),
        readFile: (file) => (file === probeFile ? text : host.readFile(file)),
        getSourceFile: (file, languageVersion, onError) =>
          file === probeFile
            ? ts.createSourceFile(file, text, languageVersion, true)
            : host.getSourceFile(file, languageVersion, onError),
      };
      return ts.createProgram({
        rootNames: [...roots, probeFile],
        // Without this, `a?: T` and `a?: T | undefined` are one type, and a client that tells them apart
        // would see something else than through the server's own type.
        options: { ...settings.options, exactOptionalPropertyTypes: true },
        host: withProbe,
      });
    },
  };
}
