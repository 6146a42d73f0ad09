/** What a container holds, as plain as it can be said: documents without system properties, by key and id. */
export type Model = Map<string, Record<string, unknown>>;

/** One write. Properties: `u` is unique in its partition key, `n` counts. */
export type Write =
  | {
      readonly kind: "Create" | "Upsert" | "Replace";
      readonly id: string;
      readonly u: number;
      readonly n: number;
    }
  | { readonly kind: "Delete" | "Read"; readonly id: string }
  | { readonly kind: "Patch"; readonly id: string; readonly by: number; readonly when?: number };

const place = (pk: string, id: string): string => `${pk}/${id}`;

/** Whether another document of the partition key has the value. */
const isTaken = (model: Model, pk: string, id: string, u: unknown): boolean =>
  [...model.values()].some((other) => other["pk"] === pk && other["id"] !== id && other["u"] === u);

/** Does one write to the model, and says the status that it is to have. */
export function writeToModel(model: Model, pk: string, write: Write): number {
  const { id } = write;
  const there = model.get(place(pk, id));
  switch (write.kind) {
    case "Read":
      return there === undefined ? 404 : 200;
    case "Delete":
      return model.delete(place(pk, id)) ? 204 : 404;
    case "Patch":
      if (there === undefined) return 404;
      if (write.when !== undefined && there["n"] !== write.when) return 412;
      model.set(place(pk, id), { ...there, n: Number(there["n"]) + write.by });
      return 200;
    default: {
      if (write.kind === "Create" && there !== undefined) return 409;
      if (write.kind === "Replace" && there === undefined) return 404;
      if (isTaken(model, pk, id, write.u)) return 409;
      model.set(place(pk, id), { id, pk, u: write.u, n: write.n });
      return there === undefined ? 201 : 200;
    }
  }
}

/** Does a transactional batch to the model, and says the statuses that it is to have. */
export function batchToModel(model: Model, pk: string, writes: readonly Write[]): number[] {
  const copy: Model = new Map(model);
  const statuses: number[] = [];
  for (const write of writes) {
    const status = writeToModel(copy, pk, write);
    if (status >= 400) return writes.map((_, index) => (index === statuses.length ? status : 424));
    statuses.push(status);
  }
  model.clear();
  for (const [key, document] of copy) model.set(key, document);
  return statuses;
}
