import { charge } from "../charge.ts";
import { offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { withQueryErrors } from "./queryErrors.ts";
import { readQueryRequest } from "./queryRequest.ts";
import { reply } from "./resources.ts";

/** `POST /offers` with a query: how SDKs find a container's offer. Source: Learn, REST "Query Offers". */
export const queryOffers: Operation = {
  name: "queryOffers",
  dataAction: null,
  isWrite: false,
  run({ store }, call) {
    const request = readQueryRequest(call);
    const offers = withQueryErrors(() => [...request.compiled().run(store.offers.list().map(offerBody))]);
    return reply(200, charge.metadata, JSON.stringify({ _rid: "", Offers: offers, _count: offers.length }));
  },
};
