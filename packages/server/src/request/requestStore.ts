import type {
  BulkOptions,
  BulkResult,
  ChangesPage,
  ChangesRequest,
  EntityTypes,
  Filter,
  GetAnswer,
  GetManyOptions,
  ItemResult,
  ListRequest,
  ListResult,
  OperationOptions,
  Patch,
  Store,
  Stored,
  WriteOptions,
} from "@cosmos-trpc/cosmos-core";
import type {} from "../entity/entity.ts";
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

/**
 * A store for one request: its operations are charged to the request, their time is the database's in it, and all of them
 * are given up when the caller leaves. It waits by itself until the container is open.
 */
export class RequestStore<Types extends EntityTypes> implements StoreOfRequest<Types> {
  readonly #scope: StoreScope;
  readonly #definition: DefinitionOf<Types>;

  constructor(scope: StoreScope, definition: DefinitionOf<Types>) {
    this.#scope = scope;
    this.#definition = definition;
  }

  get(key: Types["key"], options?: OperationOptions): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.get(key, this.#with(options)));
  }

  async getMany(
    keys: readonly Types["key"][],
    options?: GetManyOptions,
  ): Promise<GetAnswer<Types["item"]>[]> {
    const answers = await this.#run((store) => store.getMany(keys, this.#with(options)), sumOfCharges);
    for (const { error } of answers) {
      // An outcome among others fails no call, by which the log would hear of it.
      if (error?.reason === "misconfigured") this.#scope.database.onUnfit(this.#definition, error);
    }
    return answers;
  }

  create(item: Types["input"], options?: OperationOptions): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.create(item, this.#with(options)));
  }

  upsert(item: Types["input"], options?: WriteOptions): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.upsert(item, this.#with(options)));
  }

  replace(item: Types["input"], options?: WriteOptions): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.replace(item, this.#with(options)));
  }

  patch(
    key: Types["key"],
    patch: Patch<Types["item"]>,
    options?: WriteOptions & { readonly where?: Filter<Types["item"]> | undefined },
  ): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.patch(key, patch, this.#with(options)));
  }

  delete(key: Types["key"], options?: WriteOptions): Promise<{ readonly requestCharge: number }> {
    return this.#charged((store) => store.delete(key, this.#with(options)));
  }

  update(
    key: Types["key"],
    change: (item: Stored<Types["item"]>) => Types["input"] | Promise<Types["input"]>,
    options?: OperationOptions,
  ): Promise<ItemResult<Types["item"]>> {
    return this.#charged((store) => store.update(key, change, this.#with(options)));
  }

  list(request?: ListRequest<Types>, options?: OperationOptions): Promise<ListResult<Types["item"]>> {
    return this.#charged((store) => store.list(request, this.#with(options)));
  }

  bulk(
    source: Iterable<Types["input"]> | AsyncIterable<Types["input"]>,
    options?: BulkOptions,
  ): AsyncGenerator<BulkResult, void, undefined> {
    return this.#each((store) => store.bulk(source, this.#with(options)));
  }

  changes(request?: ChangesRequest<Types>): AsyncGenerator<ChangesPage<Types["item"]>, void, undefined> {
    return this.#each((store) => store.changes(this.#with(request)));
  }

  #with<Options extends OperationOptions>(options: Options | undefined): Options {
    const { signal } = this.#scope;
    if (signal === undefined) return (options ?? {}) as Options;
    const own = options?.signal;
    return { ...(options as Options), signal: own === undefined ? signal : AbortSignal.any([own, signal]) };
  }

  #charged<Result extends { readonly requestCharge: number }>(
    work: (store: Store<Types>) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(work, chargeOf);
  }

  async #run<Result>(
    work: (store: Store<Types>) => Promise<Result>,
    charge: (result: Result) => number,
  ): Promise<Result> {
    const { usage, database } = this.#scope;
    try {
      const result = await usage.timed(async () => work(await database.store(this.#definition)));
      usage.add(charge(result));
      return result;
    } catch (error) {
      if (isStoreError(error)) usage.add(error.requestCharge ?? 0);
      throw error;
    }
  }

  async *#each<Result extends { readonly requestCharge: number }>(
    begin: (store: Store<Types>) => AsyncGenerator<Result, void, undefined>,
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

const chargeOf = ({ requestCharge }: { readonly requestCharge: number }): number => requestCharge;

const sumOfCharges = (answers: readonly { readonly requestCharge: number }[]): number =>
  answers.reduce((sum, { requestCharge }) => sum + requestCharge, 0);
