import type {
  BulkOptions,
  ChangesRequest,
  EntityTypes,
  OperationOptions,
  Store,
  StoreError,
} from "@cosmos-trpc/cosmos-core";
import { isStoreError } from "../errors.ts";
import type { Database, DefinitionOf } from "../run/database.ts";
import type { Usage } from "./usage.ts";

/** A store as a request has it: all but the counts of the process. */
export type StoreOfRequest<Types extends EntityTypes> = Omit<Store<Types>, "reads">;

/** What the stores of a request work with. */
export interface StoreScope {
  readonly database: Database;
  readonly usage: Usage;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal | undefined;
}

/** Where the options stand among the arguments of each operation that has one answer. */
const optionsAt = {
  ...{ get: 1, getMany: 1, list: 1, create: 1, upsert: 1, replace: 1 },
  ...{ patch: 2, delete: 1, update: 2 },
} as const satisfies Record<Exclude<keyof StoreOfRequest<EntityTypes>, "bulk" | "changes">, number>;

interface Charged {
  readonly requestCharge: number;
  readonly error?: StoreError;
}

type Operations = Readonly<
  Record<string, (...given: readonly unknown[]) => Promise<Charged | readonly Charged[]>>
>;

/**
 * A store for one request: its operations are charged to the request, their time is the database's in it, and all of them
 * are given up when the caller leaves. It waits by itself until the container is open.
 */
export const requestStore = <Types extends EntityTypes>(
  scope: StoreScope,
  definition: DefinitionOf<Types>,
): StoreOfRequest<Types> =>
  new RequestStore(scope, definition as DefinitionOf<EntityTypes>) as unknown as StoreOfRequest<Types>;

class RequestStore {
  readonly #scope: StoreScope;
  readonly #definition: DefinitionOf<EntityTypes>;

  constructor(scope: StoreScope, definition: DefinitionOf<EntityTypes>) {
    this.#scope = scope;
    this.#definition = definition;
  }

  static {
    for (const [name, at] of Object.entries(optionsAt)) {
      Object.defineProperty(RequestStore.prototype, name, {
        value(this: RequestStore, ...given: unknown[]) {
          given[at] = this.#with(given[at] as OperationOptions | undefined);
          return this.#run(name, given);
        },
      });
    }
  }

  bulk(source: Iterable<never> | AsyncIterable<never>, options?: BulkOptions) {
    return this.#each((store) => store.bulk(source, this.#with(options)));
  }

  changes(request?: ChangesRequest<EntityTypes>) {
    return this.#each((store) => store.changes(this.#with(request)));
  }

  #with<Options extends OperationOptions>(options: Options | undefined): Options {
    const { signal } = this.#scope;
    if (signal === undefined) return (options ?? {}) as Options;
    const own = options?.signal;
    return { ...(options as Options), signal: own === undefined ? signal : AbortSignal.any([own, signal]) };
  }

  async #run(name: string, given: readonly unknown[]): Promise<unknown> {
    const { usage, database } = this.#scope;
    try {
      const result = await usage.timed(() =>
        database
          .store(this.#definition)
          .then((store) => (store as unknown as Operations)[name]?.(given[0], given[1], given[2])),
      );
      if (!Array.isArray(result)) {
        usage.add((result as Charged).requestCharge);
        return result;
      }
      for (const { requestCharge, error } of result as readonly Charged[]) {
        usage.add(requestCharge);
        // An outcome among others fails no call, by which the log would hear of it.
        if (error?.reason === "misconfigured") database.onUnfit(this.#definition, error);
      }
      return result;
    } catch (error) {
      if (isStoreError(error)) usage.add(error.requestCharge ?? 0);
      throw error;
    }
  }

  async *#each<Result extends Charged>(
    begin: (store: Store<EntityTypes>) => AsyncGenerator<Result, void, undefined>,
  ): AsyncGenerator<Result, void, undefined> {
    const { usage, database } = this.#scope;
    const results = begin(await usage.timed(() => database.store(this.#definition)));
    try {
      for (;;) {
        const { done, value } = await usage.timed(() => results.next());
        if (done === true) return;
        usage.add(value.requestCharge);
        yield value;
      }
    } finally {
      await results.return();
    }
  }
}
