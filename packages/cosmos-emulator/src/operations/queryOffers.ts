import { charge } from "../charge.ts";
import { bodyObject } from "../http/call.ts";
import { isObject, type Json, own } from "../json.ts";
import { compileQuery } from "../query/compileQuery.ts";
import type { Json as Row } from "../query/json.ts";
import { parseQuery } from "../query/parseQuery.ts";
import { QueryError } from "../query/queryError.ts";
import { badRequest, ServiceError } from "../serviceError.ts";
import { offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { reply } from "./resources.ts";

/** `POST /offers` with a query: how SDKs find a container's offer. Source: Learn, REST "Query Offers". */
export const queryOffers: Operation = {
  name: "queryOffers",
  dataAction: null,
  isWrite: false,
  run({ store }, call) {
    const body = bodyObject(call);
    const text = own(body, "query");
    if (typeof text !== "string") throw badRequest("The request's body has no 'query'.");
    const offers = runQuery(
      text,
      readParameters(own(body, "parameters")),
      store.offers.list().map(offerBody),
    );
    return reply(200, charge.metadata, JSON.stringify({ _rid: "", Offers: offers, _count: offers.length }));
  },
};

function readParameters(value: Json | undefined): { name: string; value: Json | undefined }[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest("'parameters' has to be an array.");
  return value.map((parameter) => {
    const name = isObject(parameter) ? own(parameter, "name") : undefined;
    if (!isObject(parameter) || typeof name !== "string") throw badRequest("A parameter needs a 'name'.");
    return { name, value: own(parameter, "value") };
  });
}

function runQuery(
  text: string,
  parameters: ReturnType<typeof readParameters>,
  offers: ReturnType<typeof offerBody>[],
): Row[] {
  try {
    return [...compileQuery(parseQuery(text), parameters).run(offers)];
  } catch (error) {
    if (error instanceof QueryError) throw new ServiceError(error.status, `Message: ${error.message}`);
    throw error;
  }
}
