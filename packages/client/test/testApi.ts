import { type ApiClient, type ClientOptions, createApiClient } from "../src/index.ts";
import { t } from "./runningRouter.ts";

interface Key {
  readonly id: string;
}

interface Item extends Key {
  readonly name?: string;
}

type Stored = Item & { readonly _etag: string; readonly _ts: number };

type Write = Item | readonly [item: Item, options: { readonly ifMatch?: string }];

const item = (): Stored => {
  throw new Error("It is there for its types.");
};

/** An API as its client knows it: of one entity. What a test serves has the procedures that it needs of these. */
const api = t.router({
  items: t.router({
    get: t.procedure.input((input) => input as Key).query(item),
    getMany: t.procedure.input((input) => input as readonly Key[]).query(() => [item()]),
    upsert: t.procedure.input((input) => input as Write).mutation(item),
    replace: t.procedure.input((input) => input as Write).mutation(item),
    append: t.procedure.input((input) => input as object).mutation(item),
    watch: t.procedure
      .input((input) => input as object)
      .subscription(async function* () {
        yield item();
      }),
  }),
});

export type TestApi = typeof api;
export type TestClient = ApiClient<TestApi>;

/** A client of it that knows which mutations are idempotent. */
export const createClient = (options: ClientOptions): TestClient =>
  createApiClient<TestApi>({ idempotent: ["items.upsert", "items.replace"], ...options });
