import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { commandConfig } from "./rolldown.command.ts";

/** The library, with cosmos-sql in it, which is not published; what cosmos-sql needs is a dependency of this package. */
export default defineConfig([
  {
    input: "src/index.ts",
    platform: "node",
    resolve: commandConfig.resolve,
    external: /^(?:asn1js|commander|jose|pkijs|re2js)(?:$|\/)/,
    output: { dir: "dist", format: "esm", sourcemap: true, cleanDir: true },
    plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
  },
  commandConfig,
]);
