import { defineConfig } from "rolldown";

/**
 * The command as it is installed: it stands alone, so that a folder or an archive of it is all that is needed, and starts
 * about as fast as Node does. What few commands need (reading CSV, checking by a schema) is in files of its own.
 */
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  // The workspace's packages are bundled from their sources.
  resolve: { conditionNames: ["@cosmos-trpc/source", "import", "node", "default"] },
  output: { dir: "dist", format: "esm", cleanDir: true, chunkFileNames: "[name].js", minify: true },
});
