import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** Each entry is one module and one declaration file, which hold all that they use and name no package but the peers. */
export default defineConfig(
  ["index", "react", "manifest"].map((entry, index) => ({
    input: `src/${entry}.ts`,
    external: /^(@trpc\/(client|server)|@tanstack\/react-query|react)(\/|$)/,
    output: {
      dir: "dist",
      format: "esm" as const,
      cleanDir: index === 0,
      // It puts constants where they are used, which a page's bundler no longer can; names and lines stay readable.
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    },
    experimental: { attachDebugInfo: "none" as const },
    plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
  })),
);
