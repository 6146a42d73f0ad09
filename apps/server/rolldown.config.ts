import { join } from "node:path";
import { nodeCheck, viewer } from "@cosmos-trpc/server/bundle";
import { modernSyntax } from "@cosmos-trpc/trpc-http/modern-syntax";
import { defineConfig } from "rolldown";
import { type LicenseInfo, licensePlugin } from "rolldown-license-plugin";

/**
 * The server as it ships: one file with all that it uses, since App Service starts instances often and thousands of
 * small files take several times as long to load. Beside it lie its source map, the licences of what is in it, and the
 * files of the viewer that its documentation page shows.
 */
export default defineConfig({
  input: join(import.meta.dirname, "src/main.ts"),
  platform: "node",
  // The workspace's packages are bundled from their sources, so that stacks name those.
  resolve: { conditionNames: ["@cosmos-trpc/source", "import", "node", "default"] },
  plugins: [
    modernSyntax(),
    nodeCheck(),
    licensePlugin({
      done(licenses, context) {
        context.emitFile({ type: "asset", fileName: "server.licenses.txt", source: notices(licenses) });
      },
    }),
    viewer(),
  ],
  output: {
    dir: join(import.meta.dirname, "dist"),
    entryFileNames: "server.js",
    // What an earlier build has left is no part of it.
    cleanDir: true,
    format: "esm",
    codeSplitting: false,
    sourcemap: true,
    // The notices say what comments would.
    comments: false,
  },
});

const notices = (licenses: readonly LicenseInfo[]): string =>
  licenses
    .map(({ name, version, license, licenseText }) => `${name} ${version} (${license})\n\n${licenseText}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);
