import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Call } from "../../src/http/call.ts";
import { parseTarget } from "../../src/http/target.ts";
import { evenRanges } from "../../src/partitionKey/partitionKeyRange.ts";
import type { ServiceError } from "../../src/serviceError.ts";
import { openStore } from "../../src/store/openStore.ts";
import { createThrottle } from "../../src/throughput/throttle.ts";
import type { Throughput } from "../../src/throughput/throughput.ts";
import { temporaryFolder } from "../childProcess.ts";

const definition = { paths: ["/pk"], kind: "Hash", version: 2 } as const;

/** A database with containers, and a throttle whose clock stands until it is moved. */
function open(containers: Record<string, { perSecond?: number; partitions?: number }>, shared?: number) {
  const store = openStore(join(temporaryFolder(), "cosmos.db"));
  onTestFinished(() => store.close());
  const manual = (perSecond: number): Throughput => ({ kind: "manual", perSecond });
  store.transaction(() => {
    const database = store.catalog.createDatabase("db");
    if (shared !== undefined) store.offers.create({ rid: database.rid, self: "" }, manual(shared));
    for (const [id, { perSecond, partitions = 1 }] of Object.entries(containers)) {
      const partitionKey = { ...definition, paths: [...definition.paths] };
      const ranges = evenRanges(partitions, partitionKey);
      const { rid } = store.catalog.createContainer(database, {
        id,
        partitionKey,
        definition: { id, partitionKey },
        ranges,
      });
      if (perSecond !== undefined) store.offers.create({ rid, self: "" }, manual(perSecond));
    }
  });
  let time = 0;
  const throttle = createThrottle(() => time);
  return {
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** Milliseconds that a request is told to wait; `undefined` when it is taken and so many RU are consumed. */
    request(container: string, charge: number, headers: Record<string, string> = {}): number | undefined {
      const target = parseTarget(`/dbs/db/colls/${container}/docs`);
      const call: Call = { method: "POST", target, headers, body: Buffer.alloc(0) };
      try {
        throttle.admit(store, call)?.(charge);
        return undefined;
      } catch (error) {
        return Number((error as ServiceError).headers["x-ms-retry-after-ms"]);
      }
    },
  };
}

it("takes requests while anything is left, and makes later ones wait for what was overdrawn", () => {
  const { request, pass } = open({ c: { perSecond: 400 } });
  expect(request("c", 399)).toBeUndefined();
  expect(request("c", 201)).toBeUndefined();
  expect(request("c", 1)).toBe(501);
  pass(250);
  expect(request("c", 1)).toBe(251);
  pass(251);
  expect(request("c", 1)).toBeUndefined();
});

it("fills up to a second's worth and no further", () => {
  const { request, pass } = open({ c: { perSecond: 400 } });
  pass(3_600_000);
  expect(request("c", 400)).toBeUndefined();
  expect(request("c", 1)).toBe(1);
});

it("shares one throughput among a database's containers, but not those with their own", () => {
  const { request } = open({ one: {}, other: {}, own: { perSecond: 400 } }, 400);
  expect(request("one", 800)).toBeUndefined();
  expect(request("other", 1)).toBe(1001);
  expect(request("own", 1)).toBeUndefined();
});

it("gives each physical partition its part", () => {
  const { request } = open({ c: { perSecond: 400, partitions: 4 } });
  const range = (id: string) => ({ "x-ms-documentdb-partitionkeyrangeid": id });
  expect(request("c", 200, range("2"))).toBeUndefined();
  expect(request("c", 1, range("2"))).toBe(1001);
  expect(request("c", 1, range("3"))).toBeUndefined();
  const ofKeys = Array.from({ length: 50 }, (_, key) =>
    request("c", 0, { "x-ms-documentdb-partitionkey": `["${key}"]` }),
  );
  expect(new Set(ofKeys)).toEqual(new Set([undefined, 1001]));
});

it("leaves alone what has no throughput", () => {
  const { request } = open({ c: {} });
  for (let count = 0; count < 10; count += 1) expect(request("c", 1_000_000)).toBeUndefined();
});
