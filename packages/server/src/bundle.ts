import { readFileSync } from "node:fs";
import { join } from "node:path";
import { viewerFiles, viewerFolder } from "./openapi/viewer.ts";

/** As much as the plug-in needs of what rolldown and Rollup hand to it. */
interface Emitter {
  emitFile(file: { type: "asset"; fileName: string; source: Uint8Array }): string;
}

/** The oldest Node that the packages run on. */
const oldestNode = [22, 18] as const;

/**
 * For a server that is bundled into one file: a plug-in for rolldown or Rollup that lets it begin with a look at the
 * Node that runs it. One that is too old is told which it needs, before it stumbles over what it does not have.
 *
 * @example
 * defineConfig({ input: "src/main.ts", plugins: [nodeCheck()], output: { file: "dist/server.js" } });
 */
export const nodeCheck = () => ({
  name: "cosmos-trpc-node-check",
  banner: () =>
    `{
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < ${oldestNode[0]} || (major === ${oldestNode[0]} && minor < ${oldestNode[1]})) {
    process.stderr.write(\`This server needs Node ${oldestNode.join(".")} or later, and this is Node \${process.versions.node}.\\n\`);
    process.exit(1);
  }
}`,
});

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
