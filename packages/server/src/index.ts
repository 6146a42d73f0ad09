export { type Api, type ApiInfo, createApi } from "./createApi.ts";
export { type ApiListener, createListener } from "./createListener.ts";
export { type AnyEntity, type Entities, type Entity, entity } from "./entity/entity.ts";
export { type EntityContext, entityRouter, entityRouters, type ListAnswer } from "./entity/entityRouter.ts";
export type { Outcome, Written } from "./entity/outcomes.ts";
export { type Failure, formatError, translateFailure } from "./errors.ts";
export { eventStream } from "./http/limits.ts";
export { initApi } from "./initApi.ts";
export type { Log } from "./log.ts";
export { createManifest } from "./manifest/createManifest.ts";
export type { ApiMeta, OpenApiMeta } from "./openapi/meta.ts";
export { openStores, type Stores } from "./openStores.ts";
export type { ApiRequest, RequestContext, RequestStores } from "./request/requestContext.ts";
export type { Charge } from "./request/usage.ts";
export {
  type CosmosSettings,
  type ListenerConfiguration,
  readConfiguration,
  type ServerConfiguration,
} from "./run/configuration.ts";
export { ConfigurationError, resourceName } from "./run/environment.ts";
export { mapStacks } from "./run/mapStacks.ts";
export { serve } from "./run/serve.ts";
export { type Server, startServer } from "./run/startServer.ts";
export type { WatchEvent } from "./watch/watchEntity.ts";
