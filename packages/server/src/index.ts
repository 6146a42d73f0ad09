export { type AnyEntity, type Entity, entity } from "./entity/entity.ts";
export type { Outcome } from "./entity/outcome.ts";
export type { Written } from "./entity/writeBulk.ts";
export { createRouter } from "./procedures/createRouter.ts";
export type { Context } from "./request/context.ts";
export { mapStacks } from "./run/mapStacks.ts";
export { type Served, serve } from "./run/serve.ts";
export type { WatchEvent } from "./watch/watchEntity.ts";
