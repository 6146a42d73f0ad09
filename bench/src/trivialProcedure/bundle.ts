import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modernSyntax } from "@cosmos-trpc/trpc-http/modern-syntax";
import { rolldown } from "rolldown";

/** Bundles one of the servers into a file of its own, as an app would be deployed, and gives the file's path. */
export async function bundleServer(options: {
  readonly server: string;
  readonly modern: boolean;
  readonly directory: string;
}): Promise<string> {
  const { server, modern, directory } = options;
  const build = await rolldown({
    input: fileURLToPath(new URL(`servers/${server}.ts`, import.meta.url)),
    platform: "node",
    resolve: { conditionNames: ["@cosmos-trpc/source", "import", "node", "default"] },
    plugins: modern ? [modernSyntax()] : [],
  });
  const file = join(directory, `${server}${modern ? ".modern" : ""}.mjs`);
  await build.write({ file, format: "esm", codeSplitting: false });
  await build.close();
  return file;
}
