import { own } from "@cosmos-trpc/cosmos-sql/json";
import { charge } from "../charge.ts";
import { bodyObject, header } from "../http/call.ts";
import { splitInto } from "../partitionKey/partitionKeyRange.ts";
import { badRequest } from "../serviceError.ts";
import type { Store } from "../store/openStore.ts";
import {
  ceiling,
  lowest,
  migrated,
  partitionsNeeded,
  readOfferContent,
  type Throughput,
} from "../throughput/throughput.ts";
import { findOffer, offerBody, wantedMigration } from "./offerBody.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, reply } from "./resources.ts";

/**
 * Splits a container's physical partitions until they can serve its throughput. The service takes hours for it, while
 * the offer says that the change is pending.
 */
function makeRoom({ catalog }: Store, resourceRid: string, throughput: Throughput): void {
  const container = catalog
    .listDatabases()
    .flatMap((database) => catalog.listContainers(database))
    .find(({ rid }) => rid === resourceRid);
  if (container === undefined) return;
  const ranges = splitInto(partitionsNeeded(throughput), container.ranges, container.partitionKey);
  if (ranges !== container.ranges) catalog.replaceRanges(container, ranges);
}

/**
 * `PUT /offers/{rid}`: another throughput, or a change between manual and autoscale throughput, for which a header asks
 * and the service chooses the figure. Source: Learn, REST "Replace an Offer"; Azure/cosmos-explorer, updateOffer.ts.
 */
export const replaceOffer: Operation = {
  name: "replaceOffer",
  dataAction: null,
  run(account, call) {
    const offer = findOffer(account, call);
    const body = bodyObject(call);
    const kind = wantedMigration(call);
    const wanted = kind === undefined ? readOfferContent(body) : migrated(offer.throughput, kind);
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
    if (kind === undefined && wanted.kind !== offer.throughput.kind) {
      throw badRequest(
        `The offer has ${offer.throughput.kind} throughput, which a replace makes ${wanted.kind} only with the header that asks for it.`,
      );
    }
    const least = lowest(wanted.kind, offer.highestEver);
    if (ceiling(wanted) < least) {
      throw badRequest(
        `The offer cannot be lowered to ${ceiling(wanted)} RU/s: it has had ${offer.highestEver} RU/s, so at least ${least} are needed.`,
      );
    }
    checkVersion(header(call, "if-match"), offer.etag);
    const replaced = account.store.transaction(() => {
      if (account.physicalPartitions === undefined) makeRoom(account.store, offer.resourceRid, wanted);
      return account.store.offers.replace(offer, wanted);
    });
    return reply(200, charge.metadataWrite, offerBody(replaced), { etag: replaced.etag });
  },
};
