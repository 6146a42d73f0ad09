import type { RolldownOptions } from "rolldown";

/**
 * The command in one piece with what it uses. As CommonJS, since an `import` of a built-in module reads all of its
 * exports: of `node:http` that loads its WebSocket, and undici with it, which costs as much as all of our own code.
 */
export const commandConfig = {
  input: "src/main.ts",
  platform: "node",
  resolve: { conditionNames: ["@cosmos-trpc/source", "node", "import", "default"] },
  output: { dir: "dist", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" },
} satisfies RolldownOptions;
