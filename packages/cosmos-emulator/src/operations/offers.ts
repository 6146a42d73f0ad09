import { type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../account.ts";
import { charge } from "../charge.ts";
import { bodyObject, type Call, header, isTrue, reply } from "../http/call.ts";
import { splitInto } from "../partitionKey/partitionKeyRange.ts";
import { badRequest, notFound } from "../serviceError.ts";
import type { OfferEntry } from "../store/offers.ts";
import type { Store } from "../store/openStore.ts";
import {
  ceiling,
  lowest,
  migrated,
  partitionsNeeded,
  readOfferContent,
  type Throughput,
} from "../throughput/throughput.ts";
import { listFeed, type MetadataFeed, queryFeed } from "./metadataFeed.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, isNotModified } from "./request.ts";

/** The account's offers. */
const offersFeed = ({ store }: Account): MetadataFeed => ({
  rid: "",
  name: "Offers",
  entries: store.offers.list().map(offerBody),
});

/** `GET /offers`. Source: Learn, REST "List Offers". */
export const listOffers: Operation = {
  name: "listOffers",
  dataAction: null,
  isWrite: false,
  run: (account, call) => listFeed(call, offersFeed(account)),
};

/** `POST /offers` with a query: how SDKs find a container's offer. Source: Learn, REST "Query Offers". */
export const queryOffers: Operation = {
  name: "queryOffers",
  dataAction: null,
  isWrite: false,
  run: (account, call) => queryFeed(call, offersFeed(account)),
};

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

/**
 * Splits a container's physical partitions until they can serve its throughput. The service takes hours for it, while
 * the offer says that the change is pending.
 */
function makeRoom({ catalog }: Store, resourceRid: string, throughput: Throughput): void {
  const container = catalog.allContainers().find(({ rid }) => rid === resourceRid);
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

/** An offer's document, as the service shows it. Source: Learn, REST "Offers"; `@azure/cosmos`, OfferDefinition. */
function offerBody({
  rid,
  etag,
  ts,
  resource,
  resourceRid,
  throughput,
  highestEver,
}: OfferEntry): JsonObject {
  const autoscale =
    throughput.kind === "autoscale"
      ? {
          offerAutopilotSettings: {
            tier: 0,
            maximumTierThroughput: 0,
            autoUpgrade: false,
            maxThroughput: throughput.maximum,
            ...(throughput.incrementPercent !== undefined && {
              autoUpgradePolicy: {
                throughputPolicy: { incrementPercent: throughput.incrementPercent },
              },
            }),
          },
        }
      : {};
  return {
    resource,
    offerType: "Invalid",
    offerResourceId: resourceRid,
    offerVersion: "V2",
    content: {
      // Of autoscale, what is always there.
      offerThroughput: throughput.kind === "manual" ? throughput.perSecond : throughput.maximum / 10,
      offerIsRUPerMinuteThroughputEnabled: false,
      offerMinimumThroughputParameters: {
        maxThroughputEverProvisioned: highestEver,
        maxConsumedStorageEverInKB: 0,
      },
      ...autoscale,
    },
    id: rid,
    _rid: rid,
    _self: `offers/${rid}/`,
    _etag: etag,
    _ts: ts,
  };
}

/** The offer that a call's path names. */
function findOffer({ store }: Account, call: Call): OfferEntry {
  const offer = store.offers.find(call.target.ids.offers ?? "");
  if (offer === undefined) throw notFound();
  return offer;
}

/**
 * The kind of throughput that a call's headers ask to change an offer to; nothing when they do not.
 * Source: azure-cosmos-dotnet-v3, HttpConstants (MigrateOfferToAutopilot, MigrateOfferToManualThroughput).
 */
function wantedMigration(call: Call): Throughput["kind"] | undefined {
  const toAutoscale = isTrue(call, "x-ms-cosmos-migrate-offer-to-autopilot");
  const toManual = isTrue(call, "x-ms-cosmos-migrate-offer-to-manual-throughput");
  if (toAutoscale && toManual) {
    throw badRequest("An offer can be migrated to autoscale or to manual throughput, not to both.");
  }
  return toAutoscale ? "autoscale" : toManual ? "manual" : undefined;
}
