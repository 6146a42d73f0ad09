import type { IndexingPolicy, ContainerDefinition as ServiceDefinition } from "@azure/cosmos";
import type { AnyDefinition } from "../definition/containerDefinition.ts";

/** What the service makes of a definition that says nothing. Source: Learn, "Indexing policies". */
const defaultPolicy: IndexingPolicy = {
  indexingMode: "consistent",
  includedPaths: [{ path: "/*" }],
  excludedPaths: [],
};

/** Where a container that is there differs from its definition: a sentence for each. */
export function findDrift(definition: AnyDefinition, actual: ServiceDefinition): string[] {
  const drift: string[] = [];
  if (actual.defaultTtl !== definition.ttl) {
    drift.push(
      `The default time to live is ${actual.defaultTtl ?? "off"}, the definition says ${definition.ttl ?? "off"}.`,
    );
  }
  const [has, needs] = [actual.indexingPolicy ?? {}, definition.indexing ?? defaultPolicy];
  const [mode, wantedMode] = [has, needs].map(({ indexingMode = "consistent" }) =>
    indexingMode.toLowerCase(),
  );
  if (mode !== wantedMode) {
    drift.push(`The indexing policy's indexingMode is ${mode}, the definition says ${wantedMode}.`);
  }
  for (const name of ["includedPaths", "excludedPaths", "compositeIndexes"] as const) {
    // What a definition does not say is the service's own affair; a composite index is made by nobody else.
    const wanted = needs[name] ?? (name === "compositeIndexes" ? [] : undefined);
    if (wanted === undefined) continue;
    const [there, said] = [has[name] ?? [], wanted].map(sorted);
    if (JSON.stringify(there) !== JSON.stringify(said)) {
      drift.push(
        `The indexing policy's ${name} are ${JSON.stringify(there)}, the definition says ${JSON.stringify(said)}.`,
      );
    }
  }
  return drift;
}

/** Paths in one order, without the one that the service adds by itself. */
function sorted(paths: readonly unknown[]): string[] {
  const isOwn = (path: string): boolean => path !== JSON.stringify({ path: '/"_etag"/?' });
  return paths
    .map((path) => JSON.stringify(path))
    .filter(isOwn)
    .sort();
}
