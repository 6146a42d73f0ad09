import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import { excerptOf, page, withExcerpt } from "../scripts/excerpt.ts";
import type { ErrorShape as Generated } from "../src/generated/router.d.ts";
import type { ErrorShape } from "../src/index.ts";
import { packageFolder } from "./runNode.ts";

const read = (path: string): string => readFileSync(join(packageFolder, path), "utf8");

test(`${page} shows the router's type up to the end of its first procedure`, () => {
  const types = read("src/generated/router.d.ts");
  const text = read(`../../${page}`);
  expect(withExcerpt(text, types)).toBe(text);
  expect(excerptOf(types)).toMatch(
    /^export type AppRouter = TRPCBuiltRouter<\n[\s\S]* {6}\S.*;\n {6}\/\/ …\n$/,
  );
  expect(types).toContain(excerptOf(types).replace(/ *\/\/ …\n$/, ""));
});

test("the server's refusals have the form that the client's run time knows, reason by reason", () => {
  expectTypeOf<Generated["data"]["reason"]>().toEqualTypeOf<ErrorShape["data"]["reason"]>();
  expectTypeOf<Generated>().toExtend<ErrorShape>();
  expectTypeOf<keyof Generated["data"]>().toEqualTypeOf<keyof ErrorShape["data"]>();
});
