import { initTRPC } from "@trpc/server";
import type { Entities } from "./entity/entity.ts";
import { formatError, translateFailure } from "./errors.ts";
import { eventStream } from "./http/limits.ts";
import type { ApiMeta } from "./openapi/meta.ts";
import type { ApiRequest, RequestContext } from "./request/requestContext.ts";

/** What {@link initApi} takes. */
interface ApiStart<Served extends Entities, Caller> {
  /** The entities, by the names under which they are served. */
  readonly entities: Served;
  /**
   * Says who makes a request: called once for each, before its procedures, which find the answer in `ctx.caller`. A
   * `TRPCError` that it throws (`UNAUTHORIZED`, say) is the answer to the request.
   */
  readonly getCaller?: (request: ApiRequest<Served>) => Caller | undefined | Promise<Caller | undefined>;
}

/**
 * A tRPC instance for an API of entities: its procedures have {@link RequestContext} as their context and turn failures
 * of stores into tRPC's. A team that has a tRPC instance needs none of this: {@link entityRouter} takes any.
 *
 * Middleware for all procedures has one place: `procedure.use(…)`, on which the entities' own are built as well.
 *
 * @example
 * const { router, procedure, createContext } = initApi({ entities });
 * const timed = procedure.use(logDuration);
 * export const appRouter = router({
 *   ...entityRouters(timed, entities),
 *   hello: timed.query(({ ctx }) => ctx.headers["user-agent"]),
 * });
 * export const api = createApi({ title: "Shop", entities, router: appRouter, createContext });
 */
export function initApi<const Served extends Entities, Caller = undefined>({
  getCaller,
}: ApiStart<Served, Caller>) {
  const t = initTRPC.context<RequestContext<Served, Caller>>().meta<ApiMeta>().create({
    // Never a stack in an answer, whatever NODE_ENV says.
    isDev: false,
    sse: eventStream,
    errorFormatter: formatError,
  });
  return {
    /** Makes a router of procedures and routers. */
    router: t.router,
    /** What every procedure is built on. */
    procedure: t.procedure.use(async ({ next }) => {
      const result = await next();
      if (result.ok) return result;
      throw translateFailure(result.error);
    }),
    /** Makes a middleware: `procedure.use(middleware(…))`. */
    middleware: t.middleware,
    /** Makes the context of a request; for {@link createApi}. */
    createContext(
      request: ApiRequest<Served>,
    ): RequestContext<Served, Caller> | Promise<RequestContext<Served, Caller>> {
      const { headers, stores, charge, signal } = request;
      const contextOf = (caller: Caller | undefined) => ({ headers, caller, stores, charge, signal });
      const caller = getCaller?.(request);
      return caller instanceof Promise ? caller.then(contextOf) : contextOf(caller);
    },
  };
}
