import { charge } from "../charge.ts";
import { bodyObject, header } from "../http/call.ts";
import { own } from "../json.ts";
import { badRequest } from "../serviceError.ts";
import { ceiling, lowest, readOfferContent } from "../throughput/throughput.ts";
import { asksForMigration, findOffer, offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, reply } from "./resources.ts";

/** `PUT /offers/{rid}`: another throughput. Source: Learn, REST "Replace an Offer". */
export const replaceOffer: Operation = {
  name: "replaceOffer",
  dataAction: null,
  run(account, call) {
    const offer = findOffer(account, call);
    const body = bodyObject(call);
    if (asksForMigration(call)) {
      throw badRequest("A change between manual and autoscale throughput is not supported by the emulator.");
    }
    const wanted = readOfferContent(body);
    for (const [name, value] of [
      ["id", offer.rid],
      ["resource", offer.resource],
      ["offerResourceId", offer.resourceRid],
    ] as const) {
      const sent = own(body, name);
      if (sent !== undefined && sent !== value) {
        throw badRequest(`The property '${name}' of an offer cannot be changed.`);
      }
    }
    if (wanted.kind !== offer.throughput.kind) {
      throw badRequest(
        `The offer has ${offer.throughput.kind} throughput, which a replace cannot make ${wanted.kind}.`,
      );
    }
    const least = lowest(wanted.kind, offer.highestEver);
    if (ceiling(wanted) < least) {
      throw badRequest(
        `The offer cannot be lowered to ${ceiling(wanted)} RU/s: it has had ${offer.highestEver} RU/s, so at least ${least} are needed.`,
      );
    }
    checkVersion(header(call, "if-match"), offer.etag);
    const replaced = account.store.transaction(() => account.store.offers.replace(offer, wanted));
    return reply(200, charge.metadataWrite, offerBody(replaced), { etag: replaced.etag });
  },
};
