import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { CosmosClient } from "@azure/cosmos";
import { ClientSecretCredential, UsernamePasswordCredential } from "@azure/identity";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  builtInRoleIds,
  type Emulator,
  InputError,
  startEmulator,
  type TokenOptions,
} from "../../src/index.ts";
import { adminRequest } from "../adminRequest.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";

const api = "api://items";
const daemon = { clientId: "dddddddd-0000-0000-0000-000000000001", clientSecret: "daemon's secret+/=&" };
const ada = { username: "ada@example.com", password: "correct horse" };
const spa = "eeeeeeee-0000-0000-0000-000000000001";

let emulator: Emulator;
let ca: string;
let authority: string;

beforeAll(async () => {
  emulator = await startEmulator({
    servicePrincipals: [
      { ...daemon, name: "daemon", roles: [builtInRoleIds.dataContributor], appRoles: ["Items.ReadAll"] },
    ],
    users: [
      { ...ada, name: "Ada", appRoles: ["Admin"], groups: ["99999999-0000-0000-0000-000000000001"] },
      { username: "bob@example.com" },
    ],
  });
  ca = readFileSync(emulator.caFile, "utf8");
  authority = `/${emulator.tenantId}`;
});
afterAll(() => emulator.close());

function post(form: Record<string, string>, headers: Record<string, string> = {}): Promise<WireAnswer> {
  return send({
    method: "POST",
    origin: emulator.endpoint,
    path: `${authority}/oauth2/v2.0/token`,
    ca,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

const daemonForm = (rest: Record<string, string> = {}): Record<string, string> => ({
  grant_type: "client_credentials",
  client_id: daemon.clientId,
  client_secret: daemon.clientSecret,
  scope: `${api}/.default`,
  ...rest,
});

const adaForm = (rest: Record<string, string> = {}): Record<string, string> => ({
  grant_type: "password",
  client_id: spa,
  ...ada,
  scope: `${api}/items.read ${api}/items.write openid offline_access`,
  ...rest,
});

/** Verifies a token as an API does: by the discovery document, which it takes over plain HTTP. */
async function verify(token: string, audience: string) {
  const issuer = new URL(`${emulator.issuer}/v2.0`);
  const path = `${issuer.pathname}/.well-known/openid-configuration`;
  const document = (await send({ origin: issuer.origin, path })).json();
  expect(document["issuer"]).toBe(issuer.href);
  const jwks = createRemoteJWKSet(new URL(String(document["jwks_uri"])));
  return (await jwtVerify(token, jwks, { audience, issuer: [issuer.href, httpsIssuer()] })).payload;
}

const httpsIssuer = (): string => `${emulator.endpoint}${authority}/v2.0`;

it("gives an application a token for its secret", async () => {
  const answer = await post(daemonForm());
  expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
  expect(answer.json()).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
  expect(answer.json()).not.toHaveProperty("refresh_token");
  const claims = await verify(String(answer.json()["access_token"]), api);
  expect(claims).toMatchObject({
    ver: "2.0",
    iss: httpsIssuer(),
    tid: emulator.tenantId,
    azp: daemon.clientId,
    idtyp: "app",
    roles: ["Items.ReadAll"],
    oid: claims.sub,
  });
  expect(claims).not.toHaveProperty("scp");
});

it("takes an application's secret in the authorization header, too", async () => {
  const { client_id, client_secret, ...form } = daemonForm();
  const basic = `${encodeURIComponent(client_id ?? "")}:${encodeURIComponent(client_secret ?? "")}`;
  const authorization = `Basic ${Buffer.from(basic).toString("base64")}`;
  expect((await post(form, { authorization })).status).toBe(200);
});

it("signs a user in with a password, and again with the refresh token", async () => {
  const answer = (await post(adaForm())).json();
  const claims = await verify(String(answer["access_token"]), api);
  expect(claims).toMatchObject({
    ver: "2.0",
    name: "Ada",
    preferred_username: ada.username,
    azp: spa,
    scp: "items.read items.write",
    roles: ["Admin"],
    groups: ["99999999-0000-0000-0000-000000000001"],
  });
  expect(await verify(String(answer["id_token"]), spa)).toMatchObject({ preferred_username: ada.username });

  const refreshForm = {
    grant_type: "refresh_token",
    client_id: spa,
    refresh_token: String(answer["refresh_token"]),
  };
  const again = (await post({ ...refreshForm, scope: `${api}/items.read` })).json();
  expect(decodeJwt(String(again["access_token"]))).toMatchObject({ oid: claims["oid"], scp: "items.read" });
  const asBefore = (await post(refreshForm)).json();
  expect(decodeJwt(String(asBefore["access_token"]))["scp"]).toBe("items.read items.write");
  expect((await post({ ...refreshForm, client_id: "other" })).json()).toMatchObject({
    error: "invalid_grant",
  });
  expect((await post({ ...refreshForm, refresh_token: String(answer["access_token"]) })).status).toBe(400);
});

it.each<[string, () => Record<string, string>, number, string, number]>([
  ["no grant", () => ({}), 400, "invalid_request", 900144],
  ["an unknown grant", () => daemonForm({ grant_type: "magic" }), 400, "unsupported_grant_type", 70003],
  ["a wrong secret", () => daemonForm({ client_secret: "wrong" }), 401, "invalid_client", 7000215],
  ["an unknown application", () => daemonForm({ client_id: spa }), 400, "unauthorized_client", 700016],
  [
    "an application by its name",
    () => daemonForm({ client_id: "daemon" }),
    400,
    "unauthorized_client",
    700016,
  ],
  ["an application's named scope", () => daemonForm({ scope: `${api}/x` }), 400, "invalid_scope", 1002012],
  ["an empty scope", () => daemonForm({ scope: "" }), 400, "invalid_scope", 70011],
  ["a scope of no resource", () => adaForm({ scope: "items.read" }), 400, "invalid_scope", 70011],
  ["scopes of two resources", () => adaForm({ scope: `${api}/a api://b/b` }), 400, "invalid_request", 28000],
  [".default and more", () => adaForm({ scope: `${api}/.default ${api}/a` }), 400, "invalid_scope", 70011],
  ["a wrong password", () => adaForm({ password: "wrong" }), 400, "invalid_grant", 50126],
  ["an empty password", () => adaForm({ password: "" }), 400, "invalid_grant", 50126],
  ["an unknown user", () => adaForm({ username: "eve@example.com" }), 400, "invalid_grant", 50034],
  [
    "a user without a password",
    () => adaForm({ username: "bob@example.com", password: "" }),
    400,
    "invalid_grant",
    50126,
  ],
  ["an application as a user", () => adaForm({ username: daemon.clientId }), 400, "invalid_grant", 50034],
  [
    "a refresh token of garbage",
    () => ({ grant_type: "refresh_token", client_id: spa, refresh_token: "x.y.z" }),
    400,
    "invalid_grant",
    700082,
  ],
])("refuses %s in Entra's form", async (_, form, status, error, number) => {
  const answer = await post(form());
  expect([answer.status, answer.json()["error"], answer.json()["error_codes"]]).toEqual([
    status,
    error,
    [number],
  ]);
  expect(answer.json()["error_description"]).toMatch(new RegExp(`^AADSTS${number}: `));
});

it("refuses an application that sends no secret, other methods and other paths", async () => {
  const { client_secret: _, ...form } = daemonForm();
  expect((await post(form)).json()).toMatchObject({ error: "invalid_client", error_codes: [7000218] });
  for (const [method, path, status] of [
    ["GET", `${authority}/oauth2/v2.0/token`, 405],
    ["POST", `${authority}/discovery/keys`, 405],
    ["GET", `${authority}/oauth2/v2.0/authorize`, 404],
    ["GET", `${authority}/`, 404],
  ] as const) {
    const answer = await send({ method, origin: emulator.endpoint, path, ca });
    expect([method, path, answer.status]).toEqual([method, path, status]);
  }
  const other = await send({ origin: emulator.endpoint, path: "/00000000/discovery/keys", ca });
  expect(other.status).not.toBe(200);
});

it("serves a discovery document whose issuer is where it was found, over HTTP and HTTPS", async () => {
  for (const origin of [emulator.endpoint, new URL(emulator.issuer).origin]) {
    const path = `${authority}/v2.0/.well-known/openid-configuration`;
    const document = (await send({ origin, path, ca })).json();
    expect(document).toMatchObject({
      issuer: `${origin}${authority}/v2.0`,
      token_endpoint: `${origin}${authority}/oauth2/v2.0/token`,
      jwks_uri: `${origin}${authority}/discovery/v2.0/keys`,
    });
  }
});

it("lets @azure/identity's ClientSecretCredential sign in, and the SDK work with it", async () => {
  const credential = new ClientSecretCredential(emulator.tenantId, daemon.clientId, daemon.clientSecret, {
    authorityHost: emulator.endpoint,
    disableInstanceDiscovery: true,
    tlsOptions: { ca },
  });
  const agent = new Agent({ ca, keepAlive: true });
  const admin = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
  const { database } = await admin.databases.create({ id: "db" });
  await database.containers.create({ id: "c", partitionKey: "/pk" });
  const client = new CosmosClient({ endpoint: emulator.endpoint, aadCredentials: credential, agent });
  const { statusCode } = await client.database("db").container("c").items.create({ id: "1", pk: "p" });
  expect(statusCode).toBe(201);
  admin.dispose();
  client.dispose();
  agent.destroy();
});

it("lets @azure/identity sign a test user in", async () => {
  const credential = new UsernamePasswordCredential(emulator.tenantId, spa, ada.username, ada.password, {
    authorityHost: emulator.endpoint,
    disableInstanceDiscovery: true,
    tlsOptions: { ca },
  });
  const token = await credential.getToken(`${api}/items.read`);
  expect(decodeJwt(token.token)).toMatchObject({
    aud: api,
    scp: "items.read",
    preferred_username: ada.username,
  });
});

it("issues tokens of any content for tests", async () => {
  const token = await emulator.issueToken({
    principal: ada.username,
    audience: api,
    scopes: ["items.read"],
    roles: ["Reader"],
    expiresIn: 60,
    clientId: spa,
    claims: { amr: ["mfa"] },
  });
  const claims = await verify(token, api);
  expect(claims).toMatchObject({
    iss: `${emulator.issuer}/v2.0`,
    ver: "2.0",
    scp: "items.read",
    roles: ["Reader"],
    azp: spa,
    amr: ["mfa"],
  });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
  const old = await emulator.issueToken({ principal: "daemon", audience: api, version: "1.0" });
  expect(decodeJwt(old)).toMatchObject({ ver: "1.0", iss: emulator.issuer, appid: daemon.clientId });
  const expired = await emulator.issueToken({ principal: "daemon", audience: api, expiresIn: -60 });
  await expect(verify(expired, api)).rejects.toThrow(/"exp"/);
  await expect(emulator.issueToken({ principal: "nobody", audience: api })).rejects.toThrow(InputError);
});

it.each<[string, Omit<TokenOptions, "principal" | "audience"> & { audience?: string }, number]>([
  ["for this account", {}, 200],
  ["for this account in the old form", { version: "1.0" }, 200],
  ["that has expired", { expiresIn: -60 }, 401],
  ["for another audience", { audience: api }, 401],
])("answers the data plane's request with a token %s: %d", async (_, options, status) => {
  const token = await emulator.issueToken({ principal: "daemon", audience: emulator.endpoint, ...options });
  expect((await withToken(token)).status).toBe(status);
});

const withToken = (token: string): Promise<WireAnswer> =>
  send({
    origin: emulator.endpoint,
    path: "/",
    ca,
    headers: { authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${token}`) },
  });

it("does not take a refresh token for an access token", async () => {
  const { refresh_token } = (await post(adaForm())).json();
  expect((await withToken(String(refresh_token))).status).toBe(401);
});

it("issues tokens over the administrative endpoint", async () => {
  const options = { principal: ada.username, audience: api, scopes: ["a"], expiresIn: 5 };
  const answer = await adminRequest(emulator, "POST", "/tokens", options);
  expect(answer.status).toBe(201);
  expect(decodeJwt(String(answer.json()["access_token"]))).toMatchObject({ aud: api, scp: "a" });
  for (const wrong of [
    {},
    { ...options, principal: "nobody" },
    { ...options, scopes: "a" },
    { ...options, claims: [] },
  ]) {
    expect((await adminRequest(emulator, "POST", "/tokens", wrong)).status).toBe(400);
  }
});

it("takes principals that are added while it runs", async () => {
  const user = { username: "eva@example.com", password: "a new one", roles: [builtInRoleIds.dataReader] };
  const added = await adminRequest(emulator, "POST", "/users", user);
  expect([added.status, added.text.includes(user.password)]).toEqual([201, false]);
  const { username, password } = user;
  const scope = `${emulator.endpoint}/.default`;
  const token = (await post(adaForm({ username, password, scope }))).json()["access_token"];
  expect((await withToken(String(token))).status).toBe(200);

  const application = { clientId: "dddddddd-0000-0000-0000-000000000002", clientSecret: "s" };
  expect((await adminRequest(emulator, "POST", "/service-principals", application)).status).toBe(201);
  const form = daemonForm({
    client_id: application.clientId,
    client_secret: application.clientSecret,
    scope,
  });
  const other = (await post(form)).json()["access_token"];
  expect((await withToken(String(other))).status).toBe(403);
  const clientId = "dddddddd-0000-0000-0000-000000000003";
  const roles = [{ role: builtInRoleIds.dataReader, scope: "/dbs/a" }];
  expect((await adminRequest(emulator, "POST", "/identities", { clientId, roles })).status).toBe(201);

  for (const [path, wrong] of [
    ["/users", user],
    ["/users", {}],
    ["/users", { username: "x", roles: [{ scope: "/" }] }],
    ["/service-principals", { clientId: "x" }],
    ["/identities", { clientId }],
  ] as const) {
    expect([path, (await adminRequest(emulator, "POST", path, wrong)).status]).toEqual([path, 400]);
  }
  // One that is refused for its roles is not added.
  const half = { username: "half@example.com", roles: ["none"] };
  expect(() => emulator.principals.addUser(half)).toThrow(InputError);
  await expect(emulator.issueToken({ principal: half.username, audience: api })).rejects.toThrow(InputError);
});

it("refuses tokens of a replaced signing key, at once or after an overlap", async () => {
  const newToken = () => emulator.issueToken({ principal: "daemon", audience: emulator.endpoint });
  const kids = async (): Promise<unknown[]> => {
    const answer = await send({ origin: emulator.endpoint, path: `${authority}/discovery/v2.0/keys`, ca });
    return (answer.json()["keys"] as { kid: string }[]).map(({ kid }) => kid);
  };
  const first = await newToken();
  expect((await withToken(first)).status).toBe(200);
  const [before] = await kids();

  const second = await emulator.rotateSigningKey({ overlapSeconds: 3600 });
  expect(await kids()).toEqual([second, before]);
  const next = await newToken();
  expect([(await withToken(first)).status, (await withToken(next)).status]).toEqual([200, 200]);

  const rotated = await adminRequest(emulator, "POST", "/signing-key");
  expect(rotated.status).toBe(201);
  // The first key's overlap goes on; the second's ended with its rotation.
  expect(await kids()).toEqual([rotated.json()["kid"], before]);
  expect([(await withToken(first)).status, (await withToken(next)).status]).toEqual([200, 401]);
  expect((await withToken(await newToken())).status).toBe(200);
  for (const wrong of [{ overlapSeconds: -1 }, { overlapSeconds: "1" }, { seconds: 1 }]) {
    expect((await adminRequest(emulator, "POST", "/signing-key", wrong)).status).toBe(400);
  }
});
