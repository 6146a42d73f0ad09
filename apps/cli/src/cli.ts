import { createClient, type RouterInputs } from "@app/client";
import { manifest } from "@app/client/manifest";
import { type Key, runCli, type WrittenItem } from "@cosmos-trpc/cli";
import packageJson from "../package.json" with { type: "json" };

type Inputs = RouterInputs["items"];

/** An item as `upsert` takes it. */
type Item = Extract<Inputs["upsert"], { readonly id: string }>;

/** What `items get` and `items upsert` send, held against the router: a field that is renamed there fails here. */
const items = {
  get: ({ id, pk }: Key): Inputs["get"] => ({ id, ...(typeof pk === "string" ? { pk } : {}) }),
  upsert(written: WrittenItem, ifMatch: string | undefined): Inputs["upsert"] {
    // What is wrong with a field, or is none of an item's, the server names.
    const { id, pk, name, tags, data, ttl, ...others } = written as Item;
    const given = Object.entries({ pk, name, tags, data, ttl }).filter(([, value]) => value !== undefined);
    const item: Item = { id, ...(Object.fromEntries(given) as Omit<Item, "id">), ...others };
    return ifMatch === undefined ? item : [item, { ifMatch }];
  },
};

await runCli({
  name: "cosmos-trpc",
  version: packageJson.version,
  createClient,
  manifest,
  inputs: { items },
});
