import type { AnyTRPCRouter, inferRouterContext } from "@trpc/server";
import type { Entities } from "./entity/entity.ts";
import { type ProcedureRoute, procedureRoutes } from "./http/procedureRoutes.ts";
import type { ApiRequest } from "./request/requestContext.ts";

/** What an API is called and described as, in its OpenAPI document, its documentation page and its manifest. */
export interface ApiInfo {
  readonly title: string;
  /** In Markdown. */
  readonly description?: string;
  /** The API's own version; 1.0.0 where it has none. */
  readonly version?: string;
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string };
}

/** An API: its entities, its router, and what it is called. */
export interface Api<Served extends Entities = Entities, Router extends AnyTRPCRouter = AnyTRPCRouter>
  extends ApiInfo {
  readonly entities: Served;
  readonly router: Router;
  /** Makes the context that the router's procedures work with. */
  createContext(request: ApiRequest<Served>): unknown;
  /** The procedures that are served over plain HTTP. */
  readonly routes: readonly ProcedureRoute[];
}

/**
 * Puts an API together: what {@link serve}, {@link createListener} and {@link createManifest} take.
 *
 * @param options.router has each entity's procedures under its name; see {@link entityRouter}
 * @param options.createContext makes the context of each request: that of {@link initApi}, or one's own
 * @throws TypeError with a sentence that says what cannot be served
 * @example
 * export const api = createApi({ title: "Shop", entities, router: appRouter, createContext });
 */
export function createApi<const Served extends Entities, Router extends AnyTRPCRouter>({
  router,
  entities,
  createContext,
  ...info
}: ApiInfo & {
  readonly entities: Served;
  readonly router: Router;
  readonly createContext: (
    request: ApiRequest<Served>,
  ) => inferRouterContext<Router> | Promise<inferRouterContext<Router>>;
}): Api<Served, Router> {
  const { procedures } = router._def as { readonly procedures: Readonly<Record<string, unknown>> };
  for (const name of Object.keys(entities)) {
    if (!/^[A-Za-z][\w-]*$/.test(name)) {
      throw new TypeError(
        `The entity ${JSON.stringify(name)} has no name for an address: it is letters, digits, - and _, a letter first.`,
      );
    }
    if (procedures[`${name}.get`] === undefined) {
      throw new TypeError(
        `The entity ${name} has no procedures in the router: add \`${name}: entityRouter(procedure, entities.${name})\`.`,
      );
    }
  }
  return { ...info, entities, router, createContext, routes: procedureRoutes(router) };
}
