import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { docsPath, keyHeader, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();

it("creates, reads, replaces, upserts and deletes a document", async () => {
  const id = randomUUID();
  const created = await container.items.create({ id, pk: "p", step: 1 });
  expect(created.statusCode).toBe(201);
  const read = await container.item(id, "p").read();
  expect([read.statusCode, read.resource]).toEqual([200, created.resource]);
  const replaced = await container.item(id, "p").replace({ id, pk: "p", step: 2 });
  expect([replaced.statusCode, replaced.resource?.["step" as never]]).toEqual([200, 2]);
  const upserted = await container.items.upsert({ id, pk: "p", step: 3 });
  expect([upserted.statusCode, upserted.resource?.["step" as never]]).toEqual([200, 3]);
  expect((await container.item(id, "p").read()).resource).toEqual(upserted.resource);
  expect((await container.item(id, "p").delete()).statusCode).toBe(204);
  expect((await container.item(id, "p").read()).statusCode).toBe(404);
});

it("answers 201 to an upsert that creates", async () => {
  const answer = await container.items.upsert({ id: randomUUID(), pk: "p" });
  expect(answer.statusCode).toBe(201);
});

it("refuses to create what is there, and has the same id in another partition", async () => {
  const id = randomUUID();
  await container.items.create({ id, pk: "one", from: "first" });
  expect(await refusal(container.items.create({ id, pk: "one" }))).toMatchObject({ code: 409 });
  await container.items.create({ id, pk: "two", from: "second" });
  expect((await container.item(id, "one").read()).resource).toMatchObject({ from: "first" });
  expect((await container.item(id, "two").read()).resource).toMatchObject({ from: "second" });
});

it("answers 404 to a read, a replace and a delete of what is not there", async () => {
  const item = container.item(randomUUID(), "p");
  expect((await item.read()).statusCode).toBe(404);
  expect(await refusal(item.replace({ id: item.id, pk: "p" }))).toMatchObject({ code: 404 });
  expect(await refusal(item.delete())).toMatchObject({ code: 404 });
});

it("gives every version an etag of its own", async () => {
  const id = randomUUID();
  const etags = new Set<string>();
  for (let step = 0; step < 20; step += 1) {
    const { etag, resource } = await container.items.upsert({ id, pk: "p" });
    expect(etag).toBe(resource?.["_etag" as never]);
    etags.add(etag);
  }
  expect(etags.size).toBe(20);
});

it("writes only when If-Match holds", async () => {
  const id = randomUUID();
  const { etag: first } = await container.items.create({ id, pk: "p", step: 1 });
  const stale = { accessCondition: { type: "IfMatch", condition: first } };
  const { etag: second } = await container.item(id, "p").replace({ id, pk: "p", step: 2 }, stale);
  expect(second).not.toBe(first);
  const refused = [
    () => container.item(id, "p").replace({ id, pk: "p", step: 3 }, stale),
    () => container.items.upsert({ id, pk: "p", step: 3 }, stale),
    () => container.item(id, "p").delete(stale),
  ];
  for (const call of refused) expect(await refusal(call())).toMatchObject({ code: 412 });
  expect((await container.item(id, "p").read()).resource).toMatchObject({ step: 2, _etag: second });
  const current = { accessCondition: { type: "IfMatch", condition: second } };
  expect((await container.items.upsert({ id, pk: "p", step: 4 }, current)).statusCode).toBe(200);
  const any = { accessCondition: { type: "IfMatch", condition: "*" } };
  expect((await container.item(id, "p").delete(any)).statusCode).toBe(204);
});

it("creates by an upsert with If-Match where nothing is", async () => {
  // Azure/azure-cosmos-dotnet-v3, issue 1698: the condition counts only where the document exists.
  const stale = { accessCondition: { type: "IfMatch", condition: '"other"' } };
  expect((await container.items.upsert({ id: randomUUID(), pk: "p" }, stale)).statusCode).toBe(201);
});

it("lets one of many writers with the same etag through", async () => {
  const id = randomUUID();
  const { etag } = await container.items.create({ id, pk: "p", writer: -1 });
  const accessCondition = { type: "IfMatch", condition: etag };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 16 }, (_, writer) =>
      container.item(id, "p").replace({ id, pk: "p", writer }, { accessCondition }),
    ),
  );
  const winners = outcomes.flatMap((outcome, writer) => (outcome.status === "fulfilled" ? [writer] : []));
  expect(winners).toHaveLength(1);
  expect((await container.item(id, "p").read()).resource).toMatchObject({ writer: winners[0] });
});

it("lets one of many creators of the same id through", async () => {
  const id = randomUUID();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 16 }, (_, writer) => container.items.create({ id, pk: "p", writer })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

it("answers 304 without a body to a reader that has the version", async () => {
  const id = randomUUID();
  const { etag } = await container.items.create({ id, pk: "p" });
  const path = `${docsPath(container)}/${id}`;
  const same = await account.raw({ path, headers: { ...keyHeader("p"), "if-none-match": etag } });
  expect([same.status, same.text, same.headers.etag]).toEqual([304, "", etag]);
  const older = await account.raw({ path, headers: { ...keyHeader("p"), "if-none-match": '"older"' } });
  expect(older.status).toBe(200);
});

it("adds system properties, and drops those that a client sends", async () => {
  const id = randomUUID();
  const forged = { _rid: "x", _self: "x", _etag: '"x"', _attachments: "x", _ts: 1 };
  const before = Math.floor(Date.now() / 1000);
  const { resource, etag } = await container.items.create({ ...forged, id, pk: "p", kept: true });
  expect(resource).toMatchObject({ id, pk: "p", kept: true, _etag: etag, _attachments: "attachments/" });
  expect(resource).toMatchObject({ _rid: expect.stringMatching(/^[A-Za-z0-9+-]{22}==$/) });
  expect(resource?._self).toMatch(/^dbs\/[^/]+\/colls\/[^/]+\/docs\/[^/]+\/$/);
  expect(Number(resource?._ts)).toBeGreaterThanOrEqual(before - 300);
  expect(Object.keys(resource ?? {}).sort()).toEqual(
    ["_attachments", "_etag", "_rid", "_self", "_ts", "id", "kept", "pk"].sort(),
  );
});

it("keeps _rid, and never steps _ts back, from version to version", async () => {
  const id = randomUUID();
  const { resource: first } = await container.items.create({ id, pk: "p" });
  const { resource: second } = await container.item(id, "p").replace({ id, pk: "p", more: 1 });
  expect(second?.["_rid" as never]).toBe(first?._rid);
  expect(Number(second?.["_ts" as never])).toBeGreaterThanOrEqual(Number(first?._ts));
});

it("finds documents by their _self links, whose signature covers the resource id in lower case", async () => {
  const id = randomUUID();
  const { resource } = await container.items.create({ id, pk: "p" });
  const path = `/${resource?._self}`;
  const signed = { type: "docs", link: String(resource?._rid).toLowerCase() };
  const read = await account.raw({ path, headers: keyHeader("p"), signed });
  expect([read.status, read.json()["id"]]).toEqual([200, id]);
  const body = JSON.stringify({ id, pk: "p", by: "link" });
  const replaced = await account.raw({ method: "PUT", path, headers: keyHeader("p"), signed, body });
  expect([replaced.status, replaced.json()["by"]]).toEqual([200, "link"]);
  const other = await account.raw({ path, headers: keyHeader("q"), signed });
  expect(other.status).toBe(404);
  const deleted = await account.raw({ method: "DELETE", path, headers: keyHeader("p"), signed });
  expect(deleted.status).toBe(204);
});

it("says with which session token a write can be read, and 404 with 1002 to one from the future", async () => {
  const id = randomUUID();
  const path = `${docsPath(container)}/${id}`;
  const written = await account.raw({
    method: "POST",
    path: docsPath(container),
    headers: keyHeader("p"),
    body: JSON.stringify({ id, pk: "p" }),
  });
  const token = String(written.headers["x-ms-session-token"]);
  expect(token).toMatch(/^\d+:-?\d+#\d+(#\d+=-?\d+)*$/);
  const present = { ...keyHeader("p"), "x-ms-session-token": token };
  expect((await account.raw({ path, headers: present })).status).toBe(200);
  const [range, version] = token.split(/[:#]/);
  const future = { ...keyHeader("p"), "x-ms-session-token": `${range}:${version}#999999999` };
  const refused = await account.raw({ path, headers: future });
  expect([refused.status, refused.headers["x-ms-substatus"]]).toEqual([404, "1002"]);
  for (const invalid of ["x", `${range}:x`, `${range}:${version}#x`, `${token},x`]) {
    const answer = await account.raw({ path, headers: { ...present, "x-ms-session-token": invalid } });
    expect([invalid, answer.status]).toEqual([invalid, 400]);
  }
});

it("gives clients of before 2018-06-18 session tokens without a version, and takes them back", async () => {
  const old = { ...keyHeader("p"), "x-ms-version": "2017-11-15" };
  const id = randomUUID();
  const path = `${docsPath(container)}/${id}`;
  const body = JSON.stringify({ id, pk: "p" });
  const written = await account.raw({ method: "POST", path: docsPath(container), headers: old, body });
  const token = String(written.headers["x-ms-session-token"]);
  expect(token).toMatch(/^\d+:\d+$/);
  const read = await account.raw({ path, headers: { ...old, "x-ms-session-token": token } });
  expect([read.status, read.headers["x-ms-session-token"]]).toEqual([200, token]);
  const [range, lsn] = token.split(":");
  const future = `${range}:${Number(lsn) + 1000}`;
  const refused = await account.raw({ path, headers: { ...old, "x-ms-session-token": future } });
  expect([refused.status, refused.headers["x-ms-substatus"]]).toEqual([404, "1002"]);
});

it("moves the session token with every write", async () => {
  const lsn = (token: unknown): number => Number(/#(\d+)/.exec(String(token))?.[1]);
  const id = randomUUID();
  const first = await container.items.create({ id, pk: "p" });
  const second = await container.items.upsert({ id, pk: "p" });
  const third = await container.item(id, "p").delete();
  const lsns = [first, second, third].map(({ headers }) => lsn(headers["x-ms-session-token"]));
  expect(lsns[1]).toBeGreaterThan(lsns[0] ?? Number.NaN);
  expect(lsns[2]).toBeGreaterThan(lsns[1] ?? Number.NaN);
});

it("gives a document another id in a replace, where that is free", async () => {
  const [id, next, taken] = [randomUUID(), randomUUID(), randomUUID()];
  const { resource: created } = await container.items.create({ id, pk: "p" });
  await container.items.create({ id: taken, pk: "p" });
  expect(await refusal(container.item(id, "p").replace({ id: taken, pk: "p" }))).toMatchObject({ code: 409 });
  const { resource: replaced } = await container.item(id, "p").replace({ id: next, pk: "p", step: 2 });
  expect(replaced).toMatchObject({ id: next, step: 2, _rid: created?._rid });
  expect((await container.item(id, "p").read()).statusCode).toBe(404);
  expect((await container.item(next, "p").read()).resource).toEqual(replaced);
  const found = await container.items.query(`SELECT VALUE c.step FROM c WHERE c.id = "${next}"`).fetchAll();
  expect(found.resources).toEqual([2]);
  await container.items.create({ id, pk: "p" });
});

it("has for every answer an activity id, a charge and a version", async () => {
  for (const path of [docsPath(container), `${docsPath(container)}/none`, "/dbs"]) {
    const { headers } = await account.raw({ path, headers: keyHeader("p") });
    expect(headers["x-ms-activity-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["x-ms-gatewayversion"]).toBeDefined();
  }
  const read = await container.item("none", "p").read();
  expect(Number(read.headers["x-ms-request-charge"])).toBeGreaterThan(0);
});

it("says in a refusal's body its code and its message", async () => {
  const answer = await account.raw({ path: `${docsPath(container)}/none`, headers: keyHeader("p") });
  expect([answer.status, answer.headers["content-type"]?.split(";")[0]]).toEqual([404, "application/json"]);
  expect(answer.json()).toMatchObject({ code: "NotFound", message: expect.stringContaining("ActivityId") });
});
