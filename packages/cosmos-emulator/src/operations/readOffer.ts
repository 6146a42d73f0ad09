import { charge } from "../charge.ts";
import { findOffer, offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { isNotModified, reply } from "./resources.ts";

/** `GET /offers/{rid}`: provisioned throughput. Source: Learn, REST "Get an Offer". */
export const readOffer: Operation = {
  name: "readOffer",
  dataAction: null,
  isWrite: false,
  run(account, call) {
    const offer = findOffer(account, call);
    if (isNotModified(call, offer.etag)) return reply(304, charge.metadata, undefined, { etag: offer.etag });
    return reply(200, charge.metadata, offerBody(offer), { etag: offer.etag });
  },
};
