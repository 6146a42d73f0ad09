import type { ApiError } from "@cosmos-trpc/client";

/** What calls cost and took. */
export interface Usage {
  /** Request units (RU), as Cosmos DB charged them, of refused calls and further attempts too. */
  readonly requestCharge: number;
  /** Milliseconds from the first call to the last answer. */
  readonly elapsed: number;
}

/** What a call is made with. */
interface CallOptions {
  readonly signal?: AbortSignal;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Calls go alone, since only then the head of an answer says what its call cost: pass it with each call. */
export const alone = { context: { skipBatch: true } } as const;

/** An item as the API answers it. */
export type Item = Readonly<Record<string, unknown>> & { readonly id: string };

interface Query<Output> {
  query(input: unknown, options?: CallOptions): Promise<Output>;
}

interface Mutation<Output> {
  mutate(input: unknown, options?: CallOptions): Promise<Output>;
}

/** What one of an answer's many was refused for. */
export interface ItemRefusal {
  readonly message: string;
  readonly reason?: ApiError["reason"];
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
  readonly retryAfterMs?: number;
}

/** The filter of a list, as the API takes it. */
export type Filter = Readonly<Record<string, unknown>>;

/** What a list asks for. */
export interface ListInput {
  readonly pk?: unknown;
  readonly where?: Filter;
  readonly orderBy?: readonly (readonly [path: string, direction: "asc" | "desc"])[];
  readonly limit?: number;
  readonly cursor?: string;
  readonly explain?: boolean;
}

interface Composite extends ReadonlyArray<{ readonly path: string; readonly order: string }> {}

interface Indexes {
  readonly single: readonly string[];
  readonly composite: readonly Composite[];
}

/** Which indexes a list used, and which would help. */
export interface IndexUse {
  readonly used: Indexes;
  readonly potential: Indexes;
  readonly suggestedCompositeIndex?: Composite;
}

/** A page of a list. */
export interface Page {
  readonly items: readonly Item[];
  readonly cursor?: string;
  /** How many documents were left out, since they do not fit the schema; absent for none. */
  readonly unfit?: number;
  readonly explain?: IndexUse;
}

/** What a watch asks for. */
export interface WatchInput {
  readonly pk?: unknown;
  readonly since?: string;
  readonly lastEventId?: string;
}

/** What hears of a subscription. */
interface Observer<Data> {
  readonly onStarted?: () => void;
  readonly onConnectionStateChange?: (state: { readonly error?: unknown }) => void;
  readonly onData: (data: Data) => void;
  readonly onError: (error: unknown) => void;
  readonly onComplete: () => void;
}

interface Subscription<Data> {
  subscribe(input: unknown, observer: Observer<Data>): { unsubscribe(): void };
}

/** The procedures of one entity, as tRPC's client has them. The manifest says which entities there are. */
export interface EntityApi {
  readonly get: Query<Item>;
  readonly getMany: Query<
    readonly (
      | { readonly ok: true; readonly item: Item }
      | { readonly ok: false; readonly error: ItemRefusal }
    )[]
  >;
  readonly list: Query<Page>;
  readonly create: Mutation<Item>;
  readonly upsert: Mutation<Item>;
  readonly replace: Mutation<Item>;
  readonly patch: Mutation<Item>;
  readonly delete: Mutation<unknown>;
  readonly bulk: Mutation<
    readonly ({ readonly ok: true } | { readonly ok: false; readonly error: ItemRefusal })[]
  >;
  readonly watch: Subscription<{ readonly id: string; readonly data: { readonly items: readonly Item[] } }>;
}

/** Any procedure, as tRPC's client has it. */
export type ProcedureApi = Query<unknown> & Mutation<unknown> & Subscription<unknown>;
