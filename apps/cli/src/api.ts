import type { AppRouter } from "@cosmos-trpc/server";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";

/** The typed client. */
export type Api = TRPCClient<AppRouter>;

/** What a call cost and took. Pass one as the call's `context`: `{ context: { usage } }`. */
export interface Usage {
  /** Request units (RU), as Cosmos DB charged them. */
  requestCharge: number;
  /** Milliseconds from sending to the answer. */
  elapsed: number;
}

/** How long a call may take, in milliseconds. */
const callTimeout = 30_000;

/** A client for the server at a base URL. */
export function createApi(url: URL): Api {
  return createTRPCClient<AppRouter>({
    links: [
      usageLink,
      httpLink({
        url: new URL("trpc", url.href.endsWith("/") ? url : `${url.href}/`),
        fetch: (input, init) =>
          fetch(input, {
            ...init,
            signal: AbortSignal.any([AbortSignal.timeout(callTimeout), init?.signal ?? []].flat()),
          } as RequestInit),
      }),
    ],
  });
}

/** Reads the charge from the answer's headers, of a refused call too. */
const usageLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const started = performance.now();
      const record = (meta: { response?: unknown } | undefined): void => {
        const usage = op.context["usage"] as Usage | undefined;
        if (usage === undefined) return;
        const response = meta?.response as Response | undefined;
        usage.requestCharge += Number(response?.headers.get("x-ms-request-charge") ?? 0);
        usage.elapsed += performance.now() - started;
      };
      return next(op).subscribe({
        next(value) {
          record(value.context);
          observer.next(value);
        },
        error(error) {
          record(error.meta);
          observer.error(error);
        },
        complete: () => observer.complete(),
      });
    });

/** Whether an error is this API's refusal. */
export const isRefusal = (error: unknown): error is TRPCClientError<AppRouter> =>
  error instanceof TRPCClientError;

/** Whether nobody answered a call, or something that is not this API. */
export const isUnanswered = (error: unknown): boolean => isRefusal(error) && error.shape?.data === undefined;
