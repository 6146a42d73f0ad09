import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startReloading } from "../src/startReloading.ts";
import { takingTurns } from "../src/takingTurns.ts";

/** A file is replaced, as git, `sed -i` and editors do: it is never written in place. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

test("a program starts anew whenever a file of its folders is replaced, written, or comes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reloading-"));
  const sources = join(folder, "src");
  mkdirSync(join(sources, "inner"), { recursive: true });
  const [main, inner] = [join(sources, "main.js"), join(sources, "inner/value.js")];
  const program = `
    import { value } from "./inner/value.js";
    setInterval(() => undefined, 60_000);
    console.log(JSON.stringify({ value }));`;
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(main, program);
  writeFileSync(inner, 'export const value = "first";');

  let hear: (value: unknown) => void = () => undefined;
  const heard = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      hear = (value) => value === wanted && resolve();
    });
  const reloading = startReloading("test", [sources], [main], {}, ({ value }) => {
    hear(value);
    return value;
  });
  onTestFinished(async () => {
    await reloading.stop();
    rmSync(folder, { recursive: true });
  });
  expect(await reloading.ready).toBe("first");

  for (const value of ["second", "third", "fourth"]) {
    const said = heard(value);
    replace(inner, `export const value = ${JSON.stringify(value)};`);
    await said;
  }
  let said = heard("written");
  writeFileSync(inner, 'export const value = "written";');
  await said;

  // A folder that comes later is watched too, and so is one that takes another's place.
  said = heard("new folder");
  mkdirSync(join(sources, "later"));
  writeFileSync(join(sources, "later/value.js"), 'export const value = "new folder";');
  replace(main, program.replace("inner", "later"));
  await said;
  said = heard("changed there");
  replace(join(sources, "later/value.js"), 'export const value = "changed there";');
  await said;
  said = heard("other folder");
  renameSync(join(sources, "later"), join(folder, "gone"));
  mkdirSync(join(sources, "later"));
  replace(join(sources, "later/value.js"), 'export const value = "other folder";');
  await said;
  said = heard("changed again");
  replace(join(sources, "later/value.js"), 'export const value = "changed again";');
  await said;
});

test("calls during a run make one more run, and the outdated run knows it", async () => {
  const seen: boolean[] = [];
  const { promise: isHeld, resolve: release } = Promise.withResolvers<void>();
  const run = takingTurns(async (isOutdated) => {
    await isHeld;
    seen.push(isOutdated());
  });
  const all = [run(), run(), run()];
  release();
  await Promise.all(all);
  expect(seen).toEqual([true, false]);
  await run();
  expect(seen).toEqual([true, false, false]);
});
