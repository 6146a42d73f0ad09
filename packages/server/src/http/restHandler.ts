import type { IncomingMessage, ServerResponse } from "node:http";
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, initTRPC, type TRPCError } from "@trpc/server";
import type { Api } from "../createApi.ts";
import type { RequestScope } from "../request/requestContext.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { answerProcedure } from "./answerProcedure.ts";
import { entityAddress } from "./entityAddress.ts";
import { type EntityCaller, type EntityHandler, type EntityHandlers, entityRoutes } from "./entityRoutes.ts";
import { restPath } from "./paths.ts";
import { methodNotAllowed, nothingAt, problemOf } from "./problem.ts";
import { isParameter, type ProcedureRoute } from "./procedureRoutes.ts";
import { decodeQuery, decodeSegment, type Procedures, type Route } from "./route.ts";
import { mountedAt, type Target } from "./target.ts";
import { usageHeaders } from "./usageHeaders.ts";

/**
 * Plain HTTP: the routes of every entity, and those that procedures have by their meta. They call the same procedures as
 * tRPC does; failures are problem documents (RFC 9457).
 *
 * @param scopeOf makes the scope of a request
 */
export function createRestHandler(
  api: Api,
  contextOf: (request: IncomingMessage, scope: RequestScope) => unknown,
  scopeOf: (response: ServerResponse, signal: AbortSignal) => RequestScope,
  onError: (error: TRPCError, path: string) => void,
) {
  const createCaller = initTRPC.create().createCallerFactory(api.router as AnyTRPCRouter);
  const addresses = new Map(
    Object.entries(api.entities).map(([name, entity]) => [name, entityAddress(entity)]),
  );

  /** `/api/cosmos/orders`, `…/orders/`, `…/orders/:id`, `…/orders:getMany` */
  function entityRoute(path: string, mount: string): Route | undefined {
    const rest = path.slice(restPath.length);
    const slash = rest.indexOf("/");
    const [name = "", verb, ...more] = (slash === -1 ? rest : rest.slice(0, slash)).split(":");
    const segment = slash === -1 ? "" : rest.slice(slash + 1);
    const address = addresses.get(name);
    const isVerb = verb === "getMany" || verb === "bulk";
    if (address === undefined || (verb !== undefined && (slash !== -1 || more.length > 0 || !isVerb))) return;
    const handlers: EntityHandlers = entityRoutes[isVerb ? verb : segment === "" ? "collection" : "item"];
    return {
      methods: Object.keys(handlers),
      async answer(method, { request, procedures, query }) {
        const caller = procedures[name] as EntityCaller;
        const id = decodeSegment("id", segment);
        const base = `${mount}${restPath}${name}`;
        return (handlers[method] as EntityHandler)({ request, caller, address, base, query, id });
      },
    };
  }

  function procedureRoute(path: string): Route | undefined {
    const segments = path.replace(/^\/|\/$/g, "").split("/");
    const found = api.routes.filter((route) => matches(route, segments));
    if (found.length === 0) return undefined;
    return {
      methods: [...new Set(found.map(({ meta }) => meta.method))],
      answer: (method, call) =>
        answerProcedure(found.find(({ meta }) => meta.method === method) as ProcedureRoute, segments, call),
    };
  }

  const routeAt = (path: string, mount: string): Route | undefined =>
    path.startsWith(restPath) ? entityRoute(path, mount) : procedureRoute(path);

  async function answer(
    request: IncomingMessage,
    { path, query }: Target,
    procedures: () => Promise<Procedures>,
  ): Promise<Answer> {
    const route = routeAt(path, mountedAt(request));
    if (route === undefined) return nothingAt(api.entities, request.method, path);
    const { method = "" } = request;
    const served = route.methods.includes(method) ? method : method === "HEAD" ? "GET" : undefined;
    if (served !== undefined && route.methods.includes(served)) {
      return route.answer(served, {
        request,
        query: decodeQuery(query),
        procedures: await procedures(),
      });
    }
    const methods = route.methods.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
    return method === "OPTIONS"
      ? { status: 204, headers: { allow: methods.join(", ") } }
      : methodNotAllowed(methods, path);
  }

  return {
    /** Whether something is served at a path. */
    serves: (path: string): boolean => path.startsWith(restPath) || procedureRoute(path) !== undefined,
    async handle(request: IncomingMessage, response: ServerResponse, target: Target): Promise<void> {
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const scope = scopeOf(response, gone.signal);
      const send = (result: Answer): void => {
        const headers = { ...usageHeaders(scope.usage), ...result.headers };
        if (!response.destroyed) sendAnswer(response, { ...result, headers });
      };
      const procedures = async (): Promise<Procedures> =>
        createCaller((await contextOf(request, scope)) as object, {
          signal: gone.signal,
        }) as unknown as Procedures;
      try {
        send(await answer(request, target, procedures));
      } catch (thrown) {
        const error = getTRPCErrorFromUnknown(thrown);
        onError(error, `${request.method} ${target.path}`);
        // Half an answer must not look like a whole one.
        if (response.headersSent) response.destroy();
        else send(problemOf(error, target.path));
      }
    },
  };
}

const matches = ({ segments }: ProcedureRoute, path: readonly string[]): boolean =>
  segments.length === path.length &&
  segments.every((segment, at) =>
    isParameter(segment) ? path[at] !== "" : segment.toLowerCase() === path[at]?.toLowerCase(),
  );
