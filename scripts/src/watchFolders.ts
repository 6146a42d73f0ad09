import { type FSWatcher, globSync, watch } from "node:fs";
import { join } from "node:path";

/** An editor writes a file in several steps, and a checkout writes many files: one change, in milliseconds. */
const pauseOfOneChange = 100;

/**
 * Calls back when files in folders have changed, those in folders within them included. It watches folders and not
 * files: Node's own recursive watch loses a file, on Linux, when another is renamed over it, as `git checkout`,
 * `sed -i` and many editors do.
 *
 * @returns stops it
 */
export function watchFolders(folders: readonly string[], onChange: () => void): () => void {
  let watchers: readonly FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Anew, since a folder may have come, gone, or been replaced; and before the call, so that no change is missed.
      look();
      onChange();
    }, pauseOfOneChange);
  };
  const look = (): void => {
    const old = watchers;
    const within = folders.flatMap((folder) =>
      globSync("**/", { cwd: folder }).map((at) => join(folder, at)),
    );
    watchers = [...new Set([...folders, ...within.map((path) => path.replace(/[\\/]$/, ""))])].flatMap(
      (path) => {
        try {
          return [watch(path, changed).on("error", changed)];
        } catch {
          // It has gone in the meantime.
          return [];
        }
      },
    );
    for (const watcher of old) watcher.close();
  };
  look();
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
