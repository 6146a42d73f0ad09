import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../account.ts";
import { type Call, isTrue } from "../http/call.ts";
import { badRequest, notFound } from "../serviceError.ts";
import type { OfferEntry } from "../store/offers.ts";
import type { Throughput } from "../throughput/throughput.ts";

/** An offer's document, as the service shows it. Source: Learn, REST "Offers"; `@azure/cosmos`, OfferDefinition. */
export function offerBody({
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
export function findOffer({ store }: Account, call: Call): OfferEntry {
  const offer = store.offers.find(call.target.ids.offers ?? "");
  if (offer === undefined) throw notFound();
  return offer;
}

/**
 * The kind of throughput that a call's headers ask to change an offer to; nothing when they do not.
 * Source: azure-cosmos-dotnet-v3, HttpConstants (MigrateOfferToAutopilot, MigrateOfferToManualThroughput).
 */
export function wantedMigration(call: Call): Throughput["kind"] | undefined {
  const toAutoscale = isTrue(call, "x-ms-cosmos-migrate-offer-to-autopilot");
  const toManual = isTrue(call, "x-ms-cosmos-migrate-offer-to-manual-throughput");
  if (toAutoscale && toManual) {
    throw badRequest("An offer can be migrated to autoscale or to manual throughput, not to both.");
  }
  return toAutoscale ? "autoscale" : toManual ? "manual" : undefined;
}
