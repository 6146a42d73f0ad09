import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/index.ts";
import { startNode } from "../childProcess.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, wellKnownKey } from "../masterKey.ts";

let emulator: Emulator;
let folder: string;
let ca: string;
let key: { id: string; privateKey: KeyObject; publicKey: KeyObject };
let remove: () => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-test-"));
  remove = () => rmSync(folder, { recursive: true, force: true });
  emulator = await startEmulator({ dataDir: folder });
  ca = readFileSync(emulator.caFile, "utf8");
  // The first token is there when the key has been kept.
  await issuedToken();
  const kept = JSON.parse(readFileSync(join(folder, "signing-key.json"), "utf8")) as {
    id: string;
    pem: string;
  };
  const privateKey = createPrivateKey(kept.pem);
  key = { id: kept.id, privateKey, publicKey: createPublicKey(privateKey) };
  const agent = new Agent({ ca });
  const client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk" });
  await container.items.create({ id: "a", pk: "p" });
  client.dispose();
});
afterAll(async () => {
  await emulator.close();
  remove();
});

function identityRequest(
  query: string,
  headers?: Record<string, string>,
  method = "GET",
): Promise<WireAnswer> {
  const { origin, pathname } = new URL(emulator.env["IDENTITY_ENDPOINT"] ?? "");
  const secret = { "x-identity-header": emulator.env["IDENTITY_HEADER"] ?? "" };
  return send({ method, origin, path: `${pathname}${query}`, headers: headers ?? secret });
}

const tokenQuery = (resource: string, rest = ""): string =>
  `?api-version=2019-08-01&resource=${encodeURIComponent(resource)}${rest}`;

async function issuedToken(resource = emulator.endpoint): Promise<string> {
  const answer = await identityRequest(tokenQuery(resource));
  expect(answer.status).toBe(200);
  return String(answer.json()["access_token"]);
}

const withAuthorization = (authorization: string | undefined): Promise<WireAnswer> =>
  send({
    origin: emulator.endpoint,
    path: "/dbs/db/colls/c/docs/a",
    ca,
    headers: {
      "x-ms-documentdb-partitionkey": '["p"]',
      ...(authorization === undefined ? {} : { authorization }),
    },
  });

const withToken = (token: string): Promise<WireAnswer> => withAuthorization(`type=aad&ver=1.0&sig=${token}`);

/** The claims of a good token, which each test spoils in one place. */
async function goodClaims(): Promise<JWTPayload> {
  return decodeJwt(await issuedToken());
}

const sign = (claims: JWTPayload, signer: KeyObject = key.privateKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.id }).sign(signer);

function expectRefused(answer: WireAnswer): void {
  expect(answer.status).toBe(401);
  expect(answer.json()).toMatchObject({ code: "Unauthorized", message: expect.any(String) });
}

it("issues tokens as App Service's managed identity endpoint does", async () => {
  const before = Math.floor(Date.now() / 1000);
  const answer = await identityRequest(tokenQuery("https://cosmos.azure.com"));
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({
    resource: "https://cosmos.azure.com",
    token_type: "Bearer",
    client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    // A string of seconds, as the protocol has it.
    expires_on: expect.stringMatching(/^\d+$/),
  });
  const claims = decodeJwt(String(answer.json()["access_token"]));
  expect(claims).toMatchObject({ aud: "https://cosmos.azure.com", iss: emulator.issuer, ver: "1.0" });
  expect(claims["oid"]).toBe(claims.sub);
  expect(claims.exp).toBeGreaterThan(before);
  expect(String(claims.exp)).toBe(answer.json()["expires_on"]);
});

it("gives the same token's owner for its own client id, in any case", async () => {
  const { client_id } = (await identityRequest(tokenQuery("r"))).json();
  const named = await identityRequest(tokenQuery("r", `&client_id=${String(client_id).toUpperCase()}`));
  expect([named.status, named.json()["client_id"]]).toEqual([200, client_id]);
});

it.each<[string, string, Record<string, string> | undefined, number]>([
  ["no X-IDENTITY-HEADER", tokenQuery("r"), {}, 401],
  ["a wrong X-IDENTITY-HEADER", tokenQuery("r"), { "x-identity-header": "other" }, 401],
  ["an empty X-IDENTITY-HEADER", tokenQuery("r"), { "x-identity-header": "" }, 401],
  ["no resource", "?api-version=2019-08-01", undefined, 400],
  ["an empty resource", tokenQuery(""), undefined, 400],
  ["no api-version", "?resource=r", undefined, 400],
  [
    "an unknown client id",
    tokenQuery("r", "&client_id=00000000-0000-0000-0000-000000000000"),
    undefined,
    400,
  ],
  ["an unknown principal id", tokenQuery("r", "&principal_id=nobody"), undefined, 400],
])("refuses a token for %s", async (_, query, headers, status) => {
  const answer = await identityRequest(query, headers);
  expect(answer.status).toBe(status);
  expect(answer.json()).toMatchObject({ statusCode: status, message: expect.any(String) });
  expect(answer.text).not.toContain(emulator.env["IDENTITY_HEADER"]);
});

it("refuses other methods and other paths", async () => {
  expect((await identityRequest(tokenQuery("r"), undefined, "POST")).status).toBe(405);
  const { origin } = new URL(emulator.env["IDENTITY_ENDPOINT"] ?? "");
  for (const [path, status] of [
    ["/", 404],
    ["//", 404],
    ["//[", 404],
    ["/%", 404],
    ["/msi/token/more", 404],
    ["http://[", 404],
    ["*", 404],
    [":x", 400],
  ] as const) {
    expect([path, (await send({ origin, path })).status]).toEqual([path, status]);
  }
});

it("takes a token for each of the account's names", async () => {
  for (const resource of [emulator.endpoint, `${emulator.endpoint}/`, "https://cosmos.azure.com"]) {
    const answer = await withToken(await issuedToken(resource));
    expect([resource, answer.status]).toEqual([resource, 200]);
  }
});

it("takes an authorization header that is percent-encoded as a whole", async () => {
  const token = await issuedToken();
  const answer = await withAuthorization(encodeURIComponent(`type=aad&ver=1.0&sig=${token}`));
  expect(answer.status).toBe(200);
});

it("verifies by its discovery document and JWKS, as any OpenID client does", async () => {
  const issuer = new URL(emulator.issuer);
  const found = await send({
    origin: issuer.origin,
    path: `${issuer.pathname}/.well-known/openid-configuration`,
  });
  expect(found.json()["issuer"]).toBe(emulator.issuer);
  const jwks = createRemoteJWKSet(new URL(String(found.json()["jwks_uri"])));
  const { payload, protectedHeader } = await jwtVerify(await issuedToken(), jwks, {
    issuer: emulator.issuer,
    audience: emulator.endpoint,
  });
  expect([payload.aud, protectedHeader.alg, protectedHeader.kid]).toEqual([
    emulator.endpoint,
    "RS256",
    key.id,
  ]);
});

it("publishes the public half of its key only", async () => {
  const issuer = new URL(emulator.issuer);
  const { keys } = (
    await send({ origin: issuer.origin, path: `${issuer.pathname}/discovery/keys` })
  ).json() as {
    keys: object[];
  };
  expect(keys.map((published) => Object.keys(published).sort())).toEqual([
    ["alg", "e", "kid", "kty", "n", "use"],
  ]);
});

it.each([
  ["none", undefined],
  ["an empty one", ""],
  ["garbage", "garbage"],
  ["broken percent-encoding", "%E0%A4%A"],
  ["a bearer header", "Bearer abc"],
  ["an empty token", "type=aad&ver=1.0&sig="],
  ["a token of garbage", "type=aad&ver=1.0&sig=a.b.c"],
  ["an unknown type", "type=resource&ver=1.0&sig=abc"],
  ["an unknown version", "type=aad&ver=2.0&sig=abc"],
])("refuses an authorization header of: %s", async (_, authorization) => {
  expectRefused(await withAuthorization(authorization));
});

it("takes a token that is signed with the kept key", async () => {
  expect((await withToken(await sign(await goodClaims()))).status).toBe(200);
});

it.each<[string, (claims: JWTPayload, now: number) => JWTPayload]>([
  ["that has expired", (claims, now) => ({ ...claims, exp: now - 60 })],
  ["that does not expire", ({ exp: _, ...claims }) => claims],
  ["that is not valid yet", (claims, now) => ({ ...claims, nbf: now + 600 })],
  ["for another audience", (claims) => ({ ...claims, aud: "https://management.azure.com" })],
  ["for no audience", ({ aud: _, ...claims }) => claims],
  ["of another issuer", (claims) => ({ ...claims, iss: "https://login.example.com/tenant" })],
  ["of another tenant", (claims) => ({ ...claims, iss: `${String(claims.iss)}0` })],
  ["of no issuer", ({ iss: _, ...claims }) => claims],
  ["for no subject", ({ sub: _, ...claims }) => claims],
])("refuses a token %s", async (_, spoil) => {
  const claims = spoil(await goodClaims(), Math.floor(Date.now() / 1000));
  expectRefused(await withToken(await sign(claims)));
});

it("refuses a token that another key signed", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  expectRefused(await withToken(await sign(await goodClaims(), privateKey)));
});

it("refuses a token whose claims were changed after signing", async () => {
  const [head, , signature] = (await issuedToken()).split(".");
  const claims = Buffer.from(JSON.stringify({ ...(await goodClaims()), oid: "admin" })).toString("base64url");
  expectRefused(await withToken(`${head}.${claims}.${signature}`));
});

it("refuses a token whose signature was changed, and goes on taking the good one", async () => {
  const token = await issuedToken();
  expect((await withToken(token)).status).toBe(200);
  const [head, claims, signature = ""] = token.split(".");
  const other = signature.startsWith("A") ? "B" : "A";
  expectRefused(await withToken(`${head}.${claims}.${other}${signature.slice(1)}`));
  expectRefused(await withToken(`${head}.${claims}.`));
  expect((await withToken(token)).status).toBe(200);
});

it("refuses a token that is not signed at all (alg: none)", async () => {
  expectRefused(await withToken(new UnsecuredJWT(await goodClaims()).encode()));
});

it("refuses a token of HS256 whose secret is the public key", async () => {
  for (const type of ["pem", "der"] as const) {
    const secret = Buffer.from(key.publicKey.export({ type: "spki", format: type as "pem" }));
    const token = await new SignJWT(await goodClaims()).setProtectedHeader({ alg: "HS256" }).sign(secret);
    expectRefused(await withToken(token));
  }
});

const signedRead = { method: "GET", type: "docs", link: "dbs/db/colls/c/docs/a", key: wellKnownKey };

const withKey = (signed: Partial<Parameters<typeof masterKeyHeaders>[0]>): Promise<WireAnswer> =>
  send({
    origin: emulator.endpoint,
    path: "/dbs/db/colls/c/docs/a",
    ca,
    headers: { ...masterKeyHeaders({ ...signedRead, ...signed }), "x-ms-documentdb-partitionkey": '["p"]' },
  });

it("takes a signature of the key", async () => {
  expect(emulator.key).toBe(wellKnownKey);
  expect((await withKey({})).status).toBe(200);
});

it.each<[string, Partial<Parameters<typeof masterKeyHeaders>[0]>]>([
  ["of another key", { key: Buffer.alloc(64, 1).toString("base64") }],
  ["for another method", { method: "DELETE" }],
  ["for another kind of resource", { type: "colls" }],
  ["for another document", { link: "dbs/db/colls/c/docs/b" }],
])("refuses a signature %s", async (_, signed) => {
  expectRefused(await withKey(signed));
});

it.each([-16, 16])("refuses a right signature of %d minutes from now with 403", async (minutes) => {
  const answer = await withKey({ date: new Date(Date.now() + minutes * 60_000) });
  expect([answer.status, answer.json()["code"]]).toEqual([403, "Forbidden"]);
});

it("refuses a signature without its date", async () => {
  const { authorization } = masterKeyHeaders(signedRead);
  expectRefused(await withAuthorization(authorization));
});

it("has no data action with which a token could make or drop databases and containers", async () => {
  const headers = { authorization: `type=aad&ver=1.0&sig=${await issuedToken()}` };
  for (const [method, path, body] of [
    ["POST", "/dbs", '{"id":"new"}'],
    ["DELETE", "/dbs/db", ""],
    ["POST", "/dbs/db/colls", '{"id":"new","partitionKey":{"paths":["/pk"],"kind":"Hash"}}'],
    ["PUT", "/dbs/db/colls/c", '{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"}}'],
    ["DELETE", "/dbs/db/colls/c", ""],
  ] as const) {
    const answer = await send({ origin: emulator.endpoint, method, path, ca, headers, body });
    expect([method, path, answer.status]).toEqual([method, path, 403]);
    expect([answer.json()["code"], answer.headers["x-ms-substatus"]]).toEqual(["Forbidden", "5300"]);
  }
  expect((await withToken(await issuedToken())).status).toBe(200);
});

it("lets a process in that has nothing but the environment and DefaultAzureCredential", async () => {
  const { exit } = startNode([fileURLToPath(new URL("./writeAndRead.ts", import.meta.url))], {
    PATH: process.env["PATH"],
    ...emulator.env,
  });
  const { code, stdout, stderr } = await exit;
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({ statusCode: 200, by: "token" });
});
