import type { Operation } from "../operations/operation.ts";
import { dataPlaneRoutes, refusedResources } from "../routes.ts";
import { badRequest, ServiceError } from "../serviceError.ts";
import { type Call, header } from "./call.ts";
import { parseTarget, type Target } from "./target.ts";

/** The names of all operations. */
export const operationNames: readonly string[] = dataPlaneRoutes.map(([, , { name }]) => name);

const resourceOf = ({ type, isFeed }: Target): string =>
  type === "" ? "account" : isFeed ? `${type} feed` : type;

/** The routes by method and by what their path names. */
const routes = Map.groupBy(dataPlaneRoutes, ([method, path]) => `${method} ${resourceOf(parseTarget(path))}`);

/** Headers that name triggers to run with a write. Source: `@azure/cosmos`, common/constants.js. */
const triggerHeaders = ["x-ms-documentdb-pre-trigger-include", "x-ms-documentdb-post-trigger-include"];

/** The operation that a call asks for. */
export function selectOperation(call: Call): Operation {
  const refused = refusedResources[call.target.type];
  if (refused !== undefined) throw badRequest(`${refused} not supported by the emulator.`);
  if (triggerHeaders.some((trigger) => header(call, trigger))) {
    throw badRequest(`${refusedResources.triggers} not supported by the emulator.`);
  }
  const resource = resourceOf(call.target);
  for (const [, , operation, condition] of routes.get(`${call.method} ${resource}`) ?? []) {
    if (condition === undefined || condition(call)) return operation;
  }
  throw new ServiceError(405, `The emulator has no operation ${call.method} on ${resource}.`);
}
