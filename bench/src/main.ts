import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import { measureCoalescing } from "./coalescing.ts";
import { measureEmulator } from "./emulator.ts";
import { measureImport } from "./importItems.ts";
import { measureItemsApi } from "./itemsApi.ts";
import { measureList } from "./list.ts";
import { writeCoalescingPage } from "./report/coalescingPage.ts";
import { writeEmulatorPage } from "./report/emulatorPage.ts";
import { writePerformancePage } from "./report/performancePage.ts";
import { measureStack } from "./stack.ts";
import { measureTrpcHttp } from "./trpcHttp.ts";
import { measureTypegen } from "./typegen.ts";
import { measureWatch } from "./watch.ts";

/** The measurements by name: `pnpm bench [name …]` runs those, or all. */
const benches: Readonly<Record<string, () => Promise<object>>> = {
  items: measureItemsApi,
  "trpc-http": measureTrpcHttp,
  stack: measureStack,
  emulator: measureEmulator,
  coalescing: measureCoalescing,
  list: measureList,
  import: measureImport,
  watch: measureWatch,
  typegen: measureTypegen,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}: choose from ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

const results = join(root, "bench/results");
mkdirSync(results, { recursive: true });
for (const [name, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const loadBefore = loadavg();
  const figures = await measure();
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    // Of 1, 5 and 15 minutes: what else the machine did.
    loadAverage: { before: loadBefore, after: loadavg() },
  };
  const file = join(results, `${name}.json`);
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, ...figures }, null, 2)}\n`);
  console.log(`Written to bench/results/${name}.json`);
}
await writePerformancePage();
writeCoalescingPage();
await writeEmulatorPage();
