import type ts from "typescript-6";

/** @returns whether the file belongs to an installed package and not to the project or its workspace */
export function isInstalled(file: string): boolean {
  return file.includes("/node_modules/");
}

/** @returns the project's and its workspace's files that the router reaches, by path, without declarations */
export function ownSourceFiles(program: ts.Program): readonly ts.SourceFile[] {
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !isInstalled(file.fileName))
    .toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1));
}
