import { isApiError } from "@cosmos-trpc/client";
import { InvalidArgumentError } from "commander";
import type { EntityApi, ProcedureApi, Usage } from "./calls.ts";
import { Refused, WrongUsage } from "./errors.ts";
import type { CliOptions } from "./options.ts";
import type { Io, Output } from "./output.ts";
import { tellWaiting } from "./terminal/tellWaiting.ts";

/** A server, and what calls to it have cost and taken so far. */
export interface Api {
  readonly url: URL;
  readonly usage: () => Usage;
  /** The procedures of an entity. */
  entity(name: string): EntityApi;
  /** The procedure of a path: `transfers.make`. */
  procedure(path: string): ProcedureApi;
  /** Says in one sentence why a call failed. */
  explain(error: unknown, nameOf?: NameOf): string;
  /** What a call gives. @throws Refused with why it failed, and what it cost */
  orRefused<Result>(call: Promise<Result>, nameOf?: NameOf): Promise<Result>;
  /** The same of many calls, one after the other. */
  eachOrRefused<Result>(calls: AsyncGenerator<Result>, nameOf?: NameOf): AsyncGenerator<Result>;
}

/**
 * What a part of a call's input is called on the command line, as the beginning of a sentence that says what is wrong with
 * it: of `set.ttl` it is `--set ttl: it`. `undefined` where no option made it.
 */
export type NameOf = (path: string) => string | undefined;

/** What calls are made for: a command with streams. */
interface ApiHost {
  readonly name: string;
  readonly io: Io;
  readonly output: Output;
  tell(text: string): void;
}

/** Where the server is by default: where `pnpm dev` puts it. */
export const usualUrl = "http://localhost:3000";

/** The variable with the server's URL: of `cosmos-trpc` it is `COSMOS_TRPC_URL`. */
export const urlVariable = (name: string): string => `${name.toUpperCase().replaceAll(/\W/g, "_")}_URL`;

/** Reads the server's URL. */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError(`'${text}' is no http or https URL.`);
  return url;
}

/** Finds the server: at the URL that is given, or the environment's, or the usual one. */
export function createApi(
  { name, io, output, tell }: ApiHost,
  { createClient, defaultUrl = usualUrl }: Pick<CliOptions, "createClient" | "defaultUrl">,
  given: URL | undefined,
): Api {
  const variable = urlVariable(name);
  const url = given ?? fromEnvironment(variable, io.env) ?? parseUrl(defaultUrl);
  const started = performance.now();
  const waiting = tellWaiting(io.stderr, tell, url);
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
  const explain = (error: unknown, nameOf?: NameOf): string =>
    explainFailure(error, url, `--url or ${variable}`, nameOf);
  const at = (names: readonly string[]): unknown =>
    names.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], client);
  async function orRefused<Result>(call: Promise<Result>, nameOf?: NameOf): Promise<Result> {
    try {
      return await call;
    } catch (error) {
      // Cancelled, since nobody reads the output.
      output.signal.throwIfAborted();
      throw new Refused(explain(error, nameOf), usage());
    }
  }
  return {
    url,
    usage,
    explain,
    entity: (name) => at([name]) as EntityApi,
    procedure: (path) => at(path.split(".")) as ProcedureApi,
    orRefused,
    async *eachOrRefused(calls, nameOf) {
      for (;;) {
        const { done, value } = await orRefused(calls.next(), nameOf);
        if (done === true) return;
        yield value;
      }
    },
  };
}

function fromEnvironment(variable: string, env: Io["env"]): URL | undefined {
  const text = env[variable];
  // Set to nothing counts as not set, as in the server's environment.
  if (text === undefined || text === "") return undefined;
  try {
    return parseUrl(text);
  } catch (error) {
    throw new WrongUsage(`${variable}: ${(error as Error).message}`);
  }
}

function explainFailure(error: unknown, { origin }: URL, where: string, nameOf?: NameOf): string {
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
    case "invalid": {
      const { fields = [] } = error;
      if (!fields.some(({ path }) => nameOf?.(path) !== undefined)) return message;
      return `${fields.map((field) => `${nameOf?.(field.path) ?? field.path} ${field.message}`).join("; ")}.`;
    }
    default:
      return error.currentEtag === undefined ? message : `${message} Its etag is now ${error.currentEtag}.`;
  }
}

/** Whether a call got no answer of this API: every further one would end so too. */
export const isUnanswered = (error: unknown): boolean => isApiError(error) && error.shape == null;
