import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";

/**
 * As little of Cosmos DB as the SDK needs: an account with one container, in which every document is the same
 * kilobyte, and beside it App Service's identity endpoint. It stores nothing and checks nothing, so that what is
 * measured is the servers before it. It counts the request units that it would have charged, and tells them when asked.
 *
 * Arguments: the files of its key and its certificate.
 */
const [keyFile = "", certFile = ""] = process.argv.slice(2);

/** RU of a point read of 1 KB, and of a write of the same with the default index. */
const charges = { read: 1, write: 10 } as const;

const etag = '"00000000-0000-0000-0000-000000000001"';
const system = {
  _rid: "AAAAAAAAAAAAAAAAAAAAAA==",
  _self: "",
  _etag: etag,
  _attachments: "",
  _ts: 1_760_000_000,
};
const item = { id: "item-0", pk: "pk-0", name: "bench", tags: ["a", "b"], data: { text: "x".repeat(850) } };
const document = JSON.stringify({ ...item, ...system });
const resultOf = (charge: number): string =>
  `{"statusCode":200,"requestCharge":${charge},"eTag":${JSON.stringify(etag)},"resourceBody":${document}}`;
const readResult = resultOf(charges.read);
const writeResult = resultOf(charges.write);

let charged = 0;

function send(response: ServerResponse, body: string, charge: number): void {
  charged += charge;
  response
    .writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-ms-request-charge": String(charge),
      "x-ms-activity-id": "00000000-0000-0000-0000-000000000000",
      "x-ms-session-token": "0:-1#1",
      etag,
    })
    .end(body);
}

const parts = (text: string, part: string): number => text.split(part).length - 1;

/** Answers a batch: its operations are counted, not read. */
function sendBatch(response: ServerResponse, body: string): void {
  const all = parts(body, '"operationType":');
  const reads = parts(body, '"operationType":"Read"');
  const results = [
    ...new Array<string>(reads).fill(readResult),
    ...new Array<string>(all - reads).fill(writeResult),
  ];
  send(response, `[${results.join()}]`, reads * charges.read + (all - reads) * charges.write);
}

function metadata(path: string, endpoint: string): object {
  if (path === "/") {
    const locations = [{ name: "Here", databaseAccountEndpoint: endpoint }];
    return {
      ...{ id: "bench", _rid: "bench", media: "//media/", addresses: "//addresses/", _dbs: "//dbs/" },
      ...{ writableLocations: locations, readableLocations: locations, enableMultipleWriteLocations: false },
      userConsistencyPolicy: { defaultConsistencyLevel: "Session" },
    };
  }
  if (path.endsWith("/pkranges")) {
    const range = { id: "0", _rid: "AAAAAAAAAAA=", minInclusive: "", maxExclusive: "FF", status: "online" };
    return { _rid: "AAAAAAAAAAA=", PartitionKeyRanges: [range], _count: 1 };
  }
  return {
    ...{ id: path.split("/").at(-1), _rid: "AAAAAAAAAAA=", _self: "", _etag: etag, _ts: 1_760_000_000 },
    partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 },
    defaultTtl: -1,
    indexingPolicy: { indexingMode: "consistent", includedPaths: [{ path: "/*" }], excludedPaths: [] },
  };
}

const cosmos = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, answer);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "/";
  if (path.includes("/docs/")) {
    send(response, document, charges.read);
  } else if (path.endsWith("/docs")) {
    const isBatch = request.headers["x-ms-cosmos-is-batch-request"] !== undefined;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => isBatch && chunks.push(chunk));
    request.on("end", () => {
      if (isBatch) sendBatch(response, Buffer.concat(chunks).toString());
      else send(response, document, charges.write);
    });
  } else {
    send(response, JSON.stringify(metadata(path, `https://localhost:${portOf(cosmos)}`)), 0);
  }
}

const identity = createHttpServer((_request, response) => {
  const expires = Math.floor(Date.now() / 1000) + 86_400;
  const token = { access_token: "constant", expires_on: expires, resource: "", token_type: "Bearer" };
  send(response, JSON.stringify(token), 0);
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

for (const server of [cosmos, identity]) await once(server.listen(0, "localhost"), "listening");
process.on("message", () => process.send?.({ charged }));
process.on("disconnect", () => process.exit());
process.send?.({ cosmosPort: portOf(cosmos), identityPort: portOf(identity) });
