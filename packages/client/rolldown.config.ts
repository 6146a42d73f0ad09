import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** One module and one declaration file, which name no package but the peers. */
export default defineConfig({
  input: "src/index.ts",
  external: /^@trpc\//,
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    // It puts constants where they are used, which a page's bundler no longer can; names and lines stay readable.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  },
  plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
});
