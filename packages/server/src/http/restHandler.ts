import type { IncomingMessage, ServerResponse } from "node:http";
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { AnyEntity } from "../entity/entity.ts";
import { createCallerFactory } from "../procedures/trpc.ts";
import { type Context, createContext, type Shared } from "../request/context.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { entityAddress } from "./entityAddress.ts";
import { type EntityCall, type EntityCaller, entityRoutes } from "./entityRoutes.ts";
import { nothingAt } from "./nothingAt.ts";
import { restPath } from "./paths.ts";
import { badRequest, problem, problemOf } from "./problem.ts";
import { readTarget, type Target } from "./target.ts";
import { usageHeaders } from "./usageHeaders.ts";

/** What a path names of an entity. */
interface Place {
  readonly name: string;
  readonly route: keyof typeof entityRoutes;
  /** The id, as the path has it. */
  readonly segment: string;
}

/**
 * The plain HTTP routes of every entity. They call the same procedures as tRPC does; failures are problem documents
 * (RFC 9457).
 */
export function createRestHandler(
  entities: Readonly<Record<string, AnyEntity>>,
  router: AnyTRPCRouter,
  shared: Shared,
  onError: (error: TRPCError, path: string) => void,
) {
  const createCaller = createCallerFactory(router);
  const addresses = new Map(
    Object.entries(entities).map(([name, entity]) => [name, entityAddress(entity, `${restPath}${name}`)]),
  );

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    context: Context,
    { path, query }: Target,
  ): Promise<Answer> {
    const place = findPlace(path);
    const address = place === undefined ? undefined : addresses.get(place.name);
    if (place === undefined || address === undefined) return nothingAt(entities, request.method, path);

    const handlers: Readonly<Record<string, (call: EntityCall) => Promise<Answer>>> =
      entityRoutes[place.route];
    const method = request.method ?? "";
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
    const served = handler ?? (method === "HEAD" ? handlers["GET"] : undefined);
    if (served === undefined) {
      const allow = Object.keys(handlers)
        .flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]))
        .join(", ");
      return method === "OPTIONS"
        ? { status: 204, headers: { allow } }
        : problem(
            405,
            `Only ${allow} ${allow.includes(",") ? "are" : "is"} served here.`,
            path,
            {},
            { allow },
          );
    }

    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const procedures = createCaller(context, { signal: gone.signal }) as Readonly<Record<string, unknown>>;
    return served({
      request,
      caller: procedures[place.name] as EntityCaller,
      address,
      base: `${restPath}${place.name}`,
      query: new URLSearchParams(query),
      id: decodeId(place.segment),
    });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = readTarget(request);
    const context = createContext(shared, () => response.destroy());
    const send = (result: Answer): void => {
      const headers = { ...usageHeaders(context.usage), ...result.headers };
      if (!response.destroyed) sendAnswer(response, { ...result, headers });
    };
    try {
      send(await answer(request, response, context, target));
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      onError(error, `${request.method} ${target.path}`);
      // Half an answer must not look like a whole one.
      if (response.headersSent) response.destroy();
      else send(problemOf(error, target.path));
    }
  };
}

/** `/api/cosmos/items`, `…/items/`, `…/items/:id`, `…/items:getMany` */
function findPlace(path: string): Place | undefined {
  const rest = path.slice(restPath.length);
  const slash = rest.indexOf("/");
  const first = slash === -1 ? rest : rest.slice(0, slash);
  const colon = first.indexOf(":");
  const name = colon === -1 ? first : first.slice(0, colon);
  const verb = colon === -1 ? undefined : first.slice(colon + 1);
  const segment = slash === -1 ? "" : rest.slice(slash + 1);
  if (verb === undefined) return { name, route: segment === "" ? "collection" : "item", segment };
  return slash === -1 && (verb === "getMany" || verb === "bulk") ? { name, route: verb, segment } : undefined;
}

/** The id that a path means. @throws TRPCError when it is not valid percent-encoding */
function decodeId(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest([{ path: "id", message: "is not valid percent-encoding of UTF-8: write a % as %25" }]);
  }
}
