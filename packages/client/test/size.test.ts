import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, onTestFinished, test } from "vitest";

const packageFolder = join(import.meta.dirname, "..");

/** What Vite makes of a page that uses names of a module, minified, in bytes of gzip. */
async function pageSize(names: string, module: string): Promise<number> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "client-size-")));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  symlinkSync(join(packageFolder, "node_modules"), join(place, "node_modules"), "dir");
  const script = `import { ${names} } from ${JSON.stringify(module)}; Object.assign(globalThis, { ${names} });`;
  writeFileSync(join(place, "page.ts"), script);
  writeFileSync(join(place, "index.html"), '<script type="module" src="./page.ts"></script>');
  await build({ root: place, configFile: false, logLevel: "error", build: { modulePreload: false } });
  const made = join(place, "dist/assets");
  const text = readdirSync(made).map((file) => readFileSync(join(made, file), "utf8"));
  return gzipSync(text.join("\n"), { level: 9 }).length;
}

test("it adds at most 3 kB (gzip) to the parts of @trpc/client that it uses", async () => {
  const parts = "createTRPCClient, httpBatchStreamLink, httpLink, httpSubscriptionLink, TRPCClientError";
  const whole = "createApiClient, isApiError, isPassing, updateItem";
  const [without, together] = await Promise.all([
    pageSize(parts, "@trpc/client"),
    pageSize(whole, join(packageFolder, "dist/index.js")),
  ]);
  expect(without).toBeGreaterThan(5_000);
  expect(together - without).toBeLessThanOrEqual(3 * 1024);
});
