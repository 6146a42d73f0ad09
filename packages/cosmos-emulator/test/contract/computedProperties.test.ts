import type { ContainerRequest } from "@azure/cosmos";
import { expect, it } from "vitest";
import { openAccount, refusal } from "./account.ts";

const account = await openAccount({ physicalPartitions: 3 });

const computedProperties = [
  { name: "cp_lower", query: "SELECT VALUE LOWER(c.name) FROM c" },
  { name: "cp_tags", query: "SELECT VALUE ARRAY_CONCAT(root.tags, ['all']) FROM root" },
  { name: "stored", query: "SELECT VALUE c.price * 2 FROM c" },
  { name: "cp_other", query: "SELECT VALUE c.cp_lower FROM c" },
];
const container = await account.newContainer("/pk", { computedProperties } as ContainerRequest);
const documents = [
  { id: "1", pk: "a", name: "Beta", price: 3, tags: ["x"], stored: "kept" },
  { id: "2", pk: "b", name: "ALPHA", price: 2, tags: [] },
  { id: "3", pk: "c", name: "gamma", price: 1, tags: ["y"] },
  { id: "4", pk: "a", price: 1 },
];
for (const document of documents) await container.items.create(document);

const rows = async (text: string): Promise<unknown[]> =>
  (await container.items.query(text).fetchAll()).resources;

it("keeps computed properties in the definition", async () => {
  expect((await container.read()).resource?.computedProperties).toEqual(computedProperties);
});

it.each<[string, unknown[]]>([
  [
    "SELECT c.id, c.cp_lower FROM c WHERE c.pk = 'a' ORDER BY c.id",
    [{ id: "1", cp_lower: "beta" }, { id: "4" }],
  ],
  ["SELECT VALUE c.id FROM c WHERE c.cp_lower = 'alpha'", ["2"]],
  ["SELECT VALUE c.id FROM c WHERE c['cp_lower'] IN ('beta', 'gamma') ORDER BY c.id", ["1", "3"]],
  ["SELECT VALUE c.id FROM c WHERE NOT IS_DEFINED(c.cp_lower)", ["4"]],
  ["SELECT VALUE c.cp_lower FROM c ORDER BY c.cp_lower", ["alpha", "beta", "gamma"]],
  ["SELECT VALUE c.cp_lower FROM c ORDER BY c.cp_lower DESC OFFSET 1 LIMIT 1", ["beta"]],
  ["SELECT VALUE t FROM c JOIN t IN c.cp_tags WHERE c.id = '3'", ["y", "all"]],
  ["SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.cp_tags WHERE t = 'x')", ["1"]],
  ["SELECT VALUE COUNT(c.cp_lower) FROM c", [3]],
  ["SELECT c.cp_lower FROM c WHERE c.id = '2' GROUP BY c.cp_lower", [{ cp_lower: "alpha" }]],
  // The computed one counts where both have the name, except in `*`; and computed ones do not see each other.
  ["SELECT VALUE c.stored FROM c WHERE c.stored = 6", [6]],
  ["SELECT VALUE c.id FROM c WHERE c.stored = 'kept'", []],
  ["SELECT VALUE c.cp_other FROM c", []],
])("%s", async (text, expected) => {
  expect(await rows(text)).toEqual(expected);
});

it("leaves computed properties out of SELECT *", async () => {
  const [found] = await rows("SELECT * FROM c WHERE c.id = '1'");
  expect(found).toMatchObject({ id: "1", stored: "kept" });
  expect(found).not.toHaveProperty("cp_lower");
});

it("pages in the order of a computed property", async () => {
  const iterator = container.items.query(
    "SELECT VALUE c.id FROM c WHERE c.cp_lower > '' ORDER BY c.cp_lower",
    {
      maxItemCount: 1,
    },
  );
  const found: unknown[] = [];
  while (iterator.hasMoreResults()) found.push(...((await iterator.fetchNext()).resources ?? []));
  expect(found).toEqual(["2", "1", "3"]);
});

it("takes other definitions when the container is replaced", async () => {
  const changing = await account.newContainer("/pk", {
    computedProperties: [{ name: "cp", query: "SELECT VALUE 1 FROM c" }],
  } as ContainerRequest);
  await changing.items.create({ id: "1", pk: "a" });
  const cp = async (): Promise<unknown[]> =>
    (await changing.items.query("SELECT VALUE c.cp FROM c").fetchAll()).resources;
  expect(await cp()).toEqual([1]);
  const { resource } = await changing.read();
  if (resource === undefined) throw new Error("The container is there.");
  await changing.replace({
    ...resource,
    computedProperties: [{ name: "cp", query: "SELECT VALUE 2 FROM c" }],
  });
  expect(await cp()).toEqual([2]);
});

it.each<[string, unknown]>([
  ["no list", {}],
  ["no query", [{ name: "cp" }]],
  ["no name", [{ query: "SELECT VALUE 1 FROM c" }]],
  ["a reserved name", [{ name: "_ts", query: "SELECT VALUE 1 FROM c" }]],
  ["a name twice", Array.from({ length: 2 }, () => ({ name: "cp", query: "SELECT VALUE 1 FROM c" }))],
  [
    "more than 20",
    Array.from({ length: 21 }, (_, index) => ({ name: `cp${index}`, query: "SELECT VALUE 1 FROM c" })),
  ],
  ...[
    "SELECT VALUE",
    "SELECT VALUE NONE(c.a) FROM c",
    "SELECT c.a FROM c",
    "SELECT VALUE 1",
    "SELECT VALUE a FROM c JOIN a IN c.a",
    "SELECT VALUE a FROM a IN c.a",
    "SELECT VALUE c.a FROM c WHERE c.a = 1",
    "SELECT VALUE c.a FROM c ORDER BY c.a",
    "SELECT VALUE c.a FROM c GROUP BY c.a",
    "SELECT TOP 1 VALUE c.a FROM c",
    "SELECT DISTINCT VALUE c.a FROM c",
    "SELECT VALUE c.a FROM c OFFSET 0 LIMIT 1",
    "SELECT VALUE COUNT(1) FROM c",
    "SELECT VALUE (SELECT VALUE 1) FROM c",
    "SELECT VALUE EXISTS(SELECT VALUE 1) FROM c",
    "SELECT VALUE RAND() FROM c",
    "SELECT VALUE GetCurrentDateTime() FROM c",
    "SELECT VALUE udf.f(c.a) FROM c",
  ].map((query): [string, unknown] => [query, [{ name: "cp", query }]]),
])("refuses a definition with %s", async (_, properties) => {
  const request = account.newContainer("/pk", { computedProperties: properties } as ContainerRequest);
  expect(await refusal(request)).toMatchObject({ code: 400 });
});
