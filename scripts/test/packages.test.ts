import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/processes.ts";

const publishable = ["apps", "packages"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name, "package.json")))
  .map((file) => JSON.parse(readFileSync(file, "utf8")))
  .filter((manifest) => manifest.private !== true);

test.each(publishable.map((manifest) => [manifest.name, manifest]))(
  "%s is built before it is packed, and says what it is",
  (_name, { scripts, description, license, version, files }) => {
    expect(scripts.prepack).toBe("node ../../scripts/src/prepack.ts");
    expect(description).toMatch(/^[A-Zt].{20,}/);
    expect(license).toBe("MIT");
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(files).toContain("dist");
  },
);
