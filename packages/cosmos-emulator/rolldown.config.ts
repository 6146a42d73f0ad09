import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const resolve = { conditionNames: ["@cosmos-trpc/source", "node", "import", "default"] };

export default defineConfig([
  {
    // The library, with cosmos-sql in it, which is not published; what cosmos-sql needs is a dependency of this package.
    input: "src/index.ts",
    platform: "node",
    resolve,
    external: /^(?:asn1js|commander|jose|pkijs|re2js)(?:$|\/)/,
    output: { dir: "dist", format: "esm", sourcemap: true, cleanDir: true },
    plugins: [dts({ tsconfig: "tsconfig.build.json", sourcemap: false })],
  },
  {
    // The command in one piece with what it uses. As CommonJS, since an `import` of a built-in module reads all of its
    // exports: of `node:http` that loads its WebSocket, and undici with it, which costs as much as all of our own code.
    input: "src/main.ts",
    platform: "node",
    resolve,
    output: { dir: "dist", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" },
  },
]);
