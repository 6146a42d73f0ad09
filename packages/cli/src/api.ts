import { type ApiError, isApiError } from "@cosmos-trpc/client";
import { Refused, WrongUsage } from "./errors.ts";
import type { CliOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { tellWaiting } from "./terminal/tellWaiting.ts";

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

/** A server, and what calls to it have cost and taken so far. */
export interface Api {
  readonly url: URL;
  readonly usage: () => Usage;
  /** The procedures of an entity. */
  entity(name: string): EntityApi;
  /** The procedure of a path: `transfers.make`. */
  procedure(path: string): ProcedureApi;
  /** Says in one sentence why a call failed. */
  explain(error: unknown): string;
  /** What a call gives. @throws Refused with why it failed, and what it cost */
  orRefused<Result>(call: Promise<Result>): Promise<Result>;
}

/** Where the server is by default: where `pnpm dev` puts it. */
export const usualUrl = "http://localhost:3000";

/** The variable with the server's URL: of `cosmos-trpc` it is `COSMOS_TRPC_URL`. */
export const urlVariable = (name: string): string => `${name.toUpperCase().replaceAll(/\W/g, "_")}_URL`;

/** Reads the server's URL. */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new WrongUsage(`'${text}' is no http or https URL.`);
  return url;
}

/** Finds the server: at the URL that is given, or the environment's, or the usual one. */
export function createApi(
  session: Session,
  createClient: CliOptions["createClient"],
  given: URL | undefined,
  defaultUrl: string,
): Api {
  const variable = urlVariable(session.name);
  const url = given ?? fromEnvironment(variable, session.io.env) ?? parseUrl(defaultUrl);
  const started = performance.now();
  const waiting = tellWaiting(session, url);
  let requestCharge = 0;
  const client = createClient({
    url,
    async fetch(target, init) {
      const response = await waiting.request(() => fetch(target, init));
      requestCharge += Number(response.headers.get("x-ms-request-charge") ?? 0);
      return response;
    },
  });
  const usage = (): Usage => ({ requestCharge, elapsed: performance.now() - started });
  const explain = (error: unknown): string => explainFailure(error, url, `--url or ${variable}`);
  const at = (names: readonly string[]): unknown =>
    names.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], client);
  return {
    url,
    usage,
    explain,
    entity: (name) => at([name]) as EntityApi,
    procedure: (path) => at(path.split(".")) as ProcedureApi,
    async orRefused(call) {
      try {
        return await call;
      } catch (error) {
        // Cancelled, since nobody reads the output.
        session.output.signal.throwIfAborted();
        throw new Refused(explain(error), usage());
      }
    },
  };
}

function fromEnvironment(variable: string, env: Session["io"]["env"]): URL | undefined {
  const text = env[variable];
  // Set to nothing counts as not set, as in the server's environment.
  if (text === undefined || text === "") return undefined;
  try {
    return parseUrl(text);
  } catch (error) {
    throw new WrongUsage(`${variable}: ${(error as Error).message}`);
  }
}

function explainFailure(error: unknown, { origin }: URL, where: string): string {
  if (!isApiError(error)) return error instanceof Error ? error.message : String(error);
  const { message, status } = error;
  const ended = message.replace(/\.$/, "");
  // A watch's cursor travels in its URL, and whatever stands before the API may cut that off.
  if (status === 414 || status === 431) {
    return `The request is longer than ${origin} takes (HTTP ${status}): begin the watch without its cursor.`;
  }
  switch (error.reason) {
    case "unreachable":
      return `${ended}: start it, or name another with ${where}.`;
    case "timeout":
      return `No server answers at ${origin} (timeout): start it, or name another with ${where}.`;
    case "not-this-api":
      return `What answers at ${origin} is not this API${status === undefined ? "" : ` (HTTP ${status})`}: check ${where}.`;
    case "redirected":
    case "gateway":
      return `${ended}: check ${where}.`;
    default:
      return error.currentEtag === undefined ? message : `${message} Its etag is now ${error.currentEtag}.`;
  }
}

/** Whether a call got no answer of this API: every further one would end so too. */
export const isUnanswered = (error: unknown): boolean => isApiError(error) && error.shape == null;
