import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** The licence of the bindings that `react.ts` is made of. */
const bindings = "@trpc/tanstack-react-query";
const license = readFileSync(join(import.meta.dirname, "node_modules", bindings, "LICENSE"), "utf8").trim();

/** Modules and declaration files that name no package but the peers. */
export default defineConfig({
  input: { index: "src/index.ts", react: "src/react.ts" },
  external: /^(@trpc\/(client|server)|@tanstack\/react-query|react)(\/|$)/,
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    banner: ({ fileName }) => (fileName === "react.js" ? `/*! ${bindings}:\n\n${license}\n*/` : ""),
    // It puts constants where they are used, which a page's bundler no longer can; names and lines stay readable.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  },
  experimental: { attachDebugInfo: "none" },
  plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
});
