import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** Modules and declaration files that name no package but the peers. */
export default defineConfig({
  input: { index: "src/index.ts", react: "src/react.ts" },
  external: /^(@trpc\/(client|server)|@tanstack\/react-query|react)(\/|$)/,
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    // It puts constants where they are used, which a page's bundler no longer can; names and lines stay readable.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  },
  experimental: { attachDebugInfo: "none" },
  plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
});
