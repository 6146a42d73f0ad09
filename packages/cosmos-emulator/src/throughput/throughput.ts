import { isObject, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { type Call, header } from "../http/call.ts";
import { badRequest } from "../serviceError.ts";

/** What was provisioned, in request units per second. */
export type Throughput =
  | { readonly kind: "manual"; readonly perSecond: number }
  /** Scales between a tenth of the maximum and the maximum. */
  | {
      readonly kind: "autoscale";
      readonly maximum: number;
      /** By how much the maximum is meant to grow with the stored data; kept, and without effect. */
      readonly incrementPercent?: number;
    };

/**
 * The bounds of provisioned throughput.
 * Source: Learn, "Azure Cosmos DB service quotas, provisioned throughput"; "Provision autoscale throughput".
 */
const bounds = {
  manual: { from: 400, step: 100 },
  autoscale: { from: 1000, step: 1000 },
  to: 1_000_000,
} as const;

/** The most request units a second that there can be. */
export const ceiling = (throughput: Throughput): number =>
  throughput.kind === "manual" ? throughput.perSecond : throughput.maximum;

/**
 * How many physical partitions a container is made with for the throughput that it is made with.
 * Source: Learn, "Best practices for scaling provisioned throughput": what is provisioned by hand starts with a
 * partition for each 6,000 RU/s, autoscale with one for each 10,000.
 */
export const partitionsAtStart = (throughput: Throughput | undefined): number =>
  throughput === undefined
    ? 1
    : Math.ceil(ceiling(throughput) / (throughput.kind === "manual" ? 6000 : 10_000));

/**
 * How many physical partitions throughput needs at least: a partition serves up to 10,000 RU/s.
 * Source: Learn, "Partitioning and horizontal scaling, physical partitions".
 */
export const partitionsNeeded = (throughput: Throughput): number => Math.ceil(ceiling(throughput) / 10_000);

/**
 * The throughput that the headers of a create ask for; `undefined` when they ask for none.
 * Source: Learn, REST "Create a Collection"; `@azure/cosmos`, client/Container/Containers.js.
 */
export function readThroughputHeaders(call: Call): Throughput | undefined {
  const manual = header(call, "x-ms-offer-throughput");
  const autoscale = header(call, "x-ms-cosmos-offer-autopilot-settings");
  if (manual !== undefined && autoscale !== undefined) {
    throw badRequest("x-ms-offer-throughput and x-ms-cosmos-offer-autopilot-settings exclude each other.");
  }
  if (manual !== undefined) return checkThroughput({ kind: "manual", perSecond: Number(manual) });
  if (autoscale === undefined) return undefined;
  let settings: unknown;
  try {
    settings = JSON.parse(autoscale);
  } catch {
    throw badRequest("The header x-ms-cosmos-offer-autopilot-settings is not JSON.");
  }
  return autoscaleIn(settings);
}

/** The throughput that the body of a replaced offer has. */
export function readOfferContent(body: JsonObject): Throughput {
  const content = own(body, "content");
  if (!isObject(content)) throw badRequest("The offer has no 'content'.");
  const settings = own(content, "offerAutopilotSettings");
  if (settings !== undefined && settings !== null) {
    return autoscaleIn(settings);
  }
  const perSecond = own(content, "offerThroughput");
  return checkThroughput({
    kind: "manual",
    perSecond: typeof perSecond === "number" ? perSecond : Number.NaN,
  });
}

/** Source: azure-cosmos for Python, _offer.py and _base.py, for the names. */
function autoscaleIn(settings: unknown): Throughput {
  const at = (value: unknown, name: string): unknown => (isObject(value) ? own(value, name) : undefined);
  const maximum = at(settings, "maxThroughput");
  const policy = at(at(settings, "autoUpgradePolicy"), "throughputPolicy");
  const incrementPercent = at(policy, "incrementPercent") ?? undefined;
  const throughput = {
    kind: "autoscale",
    maximum: typeof maximum === "number" ? maximum : Number.NaN,
  } as const;
  if (incrementPercent === undefined) return checkThroughput(throughput);
  if (typeof incrementPercent !== "number" || !Number.isInteger(incrementPercent) || incrementPercent < 0) {
    throw badRequest(
      `The property 'incrementPercent' is ${JSON.stringify(incrementPercent)}: it has to be a whole number, 0 or more.`,
    );
  }
  return checkThroughput({ ...throughput, incrementPercent });
}

/** Refuses throughput outside the service's bounds. */
function checkThroughput(throughput: Throughput): Throughput {
  const { from, step } = bounds[throughput.kind];
  const wanted = ceiling(throughput);
  if (throughput.kind === "autoscale" && wanted < from) {
    throw badRequest(`Requested throughput ${wanted} is less than required minimum throughput ${from}.`);
  }
  // Not a number is refused by the first comparison.
  if (!(wanted >= from) || wanted > bounds.to || wanted % step !== 0) {
    throw badRequest(
      `The offer should have valid throughput values between ${from} and ${bounds.to} inclusive in increments of ${step}.`,
    );
  }
  return throughput;
}

/**
 * The least that throughput can be lowered to, after it once had a certain ceiling.
 * Source: Learn, "Azure Cosmos DB service quotas, minimum throughput limits".
 */
export function lowest(kind: Throughput["kind"], highestEver: number): number {
  const { from, step } = bounds[kind];
  const share = kind === "manual" ? highestEver / 100 : highestEver / 10;
  return Math.max(from, Math.ceil(share / step) * step);
}

/**
 * What throughput becomes when it is changed to another kind: autoscale with a maximum of what there was, rounded up to
 * a step that autoscale has, or manual with what was the maximum.
 * Source: Learn, "Provision autoscale throughput: migrate"; "Autoscale frequently asked questions".
 */
export function migrated(throughput: Throughput, kind: Throughput["kind"]): Throughput {
  if (throughput.kind === kind) {
    throw badRequest(`The offer has ${kind} throughput already.`);
  }
  if (kind === "manual") return { kind, perSecond: ceiling(throughput) };
  const { from, step } = bounds.autoscale;
  return { kind, maximum: Math.max(from, Math.ceil(ceiling(throughput) / step) * step) };
}
