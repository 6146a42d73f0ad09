import { mapStacks, readConfiguration, resourceName, serve } from "@cosmos-trpc/server";
import { api } from "./router.ts";

mapStacks(import.meta.filename);

await serve(api, () => {
  const { own, ...configuration } = readConfiguration(process.env, {
    /** The container of `items`. */
    COSMOS_CONTAINER: resourceName.default("items"),
  });
  return { ...configuration, containers: { items: own.COSMOS_CONTAINER } };
});
