import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "undici";

// What passes requests on and does nothing else: no types, no checks, no SDK; its token is fetched once.
const {
  COSMOS_ENDPOINT = "",
  IDENTITY_ENDPOINT = "",
  IDENTITY_HEADER = "",
  NODE_EXTRA_CA_CERTS = "",
} = process.env;
const resource = encodeURIComponent("https://cosmos.azure.com");
const answer = await fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${resource}`, {
  headers: { "x-identity-header": IDENTITY_HEADER },
});
const { access_token } = (await answer.json()) as { access_token: string };
const headers = {
  authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${access_token}`),
  "x-ms-version": "2020-07-15",
};
const pool = new Pool(COSMOS_ENDPOINT, {
  connections: 64,
  connect: { ca: readFileSync(NODE_EXTRA_CA_CERTS) },
});
const docs = "/dbs/appdb/colls/items/docs";

async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = "", pk = ""] = (request.url ?? "").split("?pk=");
  const key = { "x-ms-documentdb-partitionkey": `["${pk}"]` };
  const upstream =
    request.method === "GET"
      ? await pool.request({
          method: "GET",
          path: docs + path.slice("/items".length),
          headers: { ...headers, ...key },
        })
      : await pool.request({
          method: "POST",
          path: docs,
          headers: {
            ...headers,
            ...key,
            "x-ms-documentdb-is-upsert": "true",
            "content-type": "application/json",
          },
          body: request,
        });
  const body = await upstream.body.text();
  response
    .writeHead(upstream.statusCode, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    })
    .end(body);
}

createServer((request, response) => {
  // A client that leaves in the middle of its body is the one failure that a load brings.
  passOn(request, response).catch(() => response.destroy());
}).listen(Number(process.env["PORT"]), "127.0.0.1");
