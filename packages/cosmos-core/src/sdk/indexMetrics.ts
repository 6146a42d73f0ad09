/** A key of an index: a path of the stored document and its direction. */
export interface IndexKey {
  readonly path: string;
  readonly order: "ascending" | "descending";
}

/** Which indexes a query used, and which would help it. Source: Learn, "Indexing metrics". */
export interface IndexUse {
  readonly used: {
    /** Paths: `/name/?`. */
    readonly single: readonly string[];
    readonly composite: readonly (readonly IndexKey[])[];
  };
  readonly potential: {
    readonly single: readonly string[];
    readonly composite: readonly (readonly IndexKey[])[];
  };
  /** The composite index that would help most, as a container's indexing policy has it. */
  readonly suggestedCompositeIndex?: readonly IndexKey[];
}

interface Metrics {
  readonly Utilized?: MetricsPart;
  readonly Potential?: MetricsPart;
  readonly UtilizedIndexes?: MetricsPart;
  readonly PotentialIndexes?: MetricsPart;
}

interface MetricsPart {
  readonly SingleIndexes?: readonly { readonly IndexSpec?: string }[];
  readonly CompositeIndexes?: readonly {
    readonly IndexSpecs?: readonly string[];
    readonly IndexImpactScore?: string;
  }[];
}

/** Reads the service's index metrics; empty when it gave none. */
export function readIndexMetrics(json: string | undefined): IndexUse {
  const metrics = JSON.parse(json ?? "{}") as Metrics;
  const used = readPart(metrics.Utilized ?? metrics.UtilizedIndexes);
  const potential = readPart(metrics.Potential ?? metrics.PotentialIndexes);
  const [suggested] = potential.composite;
  return {
    used,
    potential,
    ...(suggested === undefined ? {} : { suggestedCompositeIndex: suggested }),
  };
}

function readPart({ SingleIndexes = [], CompositeIndexes = [] }: MetricsPart = {}): IndexUse["used"] {
  const byImpact = CompositeIndexes.toSorted(
    (one, other) => Number(other.IndexImpactScore === "High") - Number(one.IndexImpactScore === "High"),
  );
  return {
    single: SingleIndexes.flatMap(({ IndexSpec: spec }) => spec ?? []),
    composite: byImpact.map(({ IndexSpecs: specs = [] }) => specs.map(readKey)),
  };
}

/** `/a/b ASC` */
function readKey(spec: string): IndexKey {
  const [, path = spec, direction] = /^(.*) (ASC|DESC)$/.exec(spec) ?? [];
  return { path, order: direction === "DESC" ? "descending" : "ascending" };
}
