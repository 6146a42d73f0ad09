import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** One module and one declaration file, which name no package but the peers. */
export default defineConfig({
  input: "src/index.ts",
  external: /^@trpc\//,
  output: { dir: "dist", format: "esm", cleanDir: true },
  plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
});
