import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * Lets stacks name the places in the sources that a bundle was made from. It reads the bundle's map at the first stack
 * that somebody reads; `node --enable-source-maps` reads it at every start, which doubles the time to the first answer.
 *
 * @param file the bundle. A file without a map beside it is left as it is.
 * @example mapStacks(import.meta.filename);
 */
export function mapStacks(file: string): void {
  const url = pathToFileURL(file).href;
  let map: SourceMap | undefined;
  let isRead = false;

  function describe(frame: NodeJS.CallSite): string {
    const text = String(frame);
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    if (frame.getFileName() !== url || line === null || column === null) return text;
    if (!isRead) {
      isRead = true;
      map = readMap(file);
    }
    const origin = map?.findOrigin(line, column);
    if (origin === undefined || !("fileName" in origin)) return text;
    const { fileName, lineNumber, columnNumber } = origin;
    return text.replace(
      `${url}:${line}:${column}`,
      `${new URL(fileName, url).href}:${lineNumber}:${columnNumber}`,
    );
  }

  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${describe(frame)}`)].join("\n");
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
