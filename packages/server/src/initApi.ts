import type { AnyEntity, Entity } from "../entity/entity.ts";
import { entityRouter } from "./entityRouter.ts";
import { router } from "./trpc.ts";

/** The procedures of each entity, under its name. */
type EntityRouters<Entities> = {
  [Name in keyof Entities]: Entities[Name] extends Entity<
    infer Item,
    infer Input,
    infer Key,
    infer KeyInput,
    infer Area,
    infer Order
  >
    ? ReturnType<typeof entityRouter<Item, Input, Key, KeyInput, Area, Order>>
    : never;
};

/** Makes the router of some entities. */
export function createRouter<Entities extends Readonly<Record<string, AnyEntity>>>(entities: Entities) {
  const routers = Object.entries(entities).map(([name, entity]) => [name, entityRouter(entity)]);
  return router(Object.fromEntries(routers) as EntityRouters<Entities>);
}
