import { charge } from "../charge.ts";
import { offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { reply } from "./resources.ts";

/** `GET /offers`. Source: Learn, REST "List Offers". */
export const listOffers: Operation = {
  name: "listOffers",
  dataAction: null,
  isWrite: false,
  run({ store }) {
    const offers = store.offers.list().map(offerBody);
    return reply(200, charge.metadata, { _rid: "", Offers: offers, _count: offers.length });
  },
};
