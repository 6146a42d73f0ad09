import { readFileSync } from "node:fs";
import { join } from "node:path";
import { viewerFiles, viewerFolder } from "./openapi/viewer.ts";

/** As much as the plug-in needs of what rolldown and Rollup hand to it. */
interface Emitter {
  emitFile(file: { type: "asset"; fileName: string; source: Uint8Array }): string;
}

/**
 * For a server that is bundled into one file: a plug-in for rolldown or Rollup that lays the files of the documentation
 * page's viewer beside it, in `docs/`.
 *
 * @example
 * defineConfig({ input: "src/main.ts", plugins: [viewer()], output: { file: "dist/server.js" } });
 */
export const viewer = () => ({
  name: "cosmos-trpc-viewer",
  generateBundle(this: Emitter) {
    for (const name of [...viewerFiles.keys(), "swagger-ui-bundle.js.LICENSE.txt", "LICENSE", "NOTICE"]) {
      this.emitFile({
        type: "asset",
        fileName: `docs/${name}`,
        source: readFileSync(join(viewerFolder(), name)),
      });
    }
  },
});
