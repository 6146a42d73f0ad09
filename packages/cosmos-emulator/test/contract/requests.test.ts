import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { docsPath, emulatorIt, keyHeader, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();
const containerPath = docsPath(container).slice(0, -"/docs".length);

const noSignature = { type: "", link: "" };

it.each(["/dbs/%", "/dbs/%zz", "/dbs/a/colls/%e0%a4", "/dbs/%ff"])(
  "refuses the percent-encoding of %s",
  async (path) => {
    const answer = await account.raw({ path, signed: noSignature });
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  },
);

emulatorIt("refuses kinds of resource that do not exist", "the service's status is not known", async () => {
  for (const path of ["/nothing", "/dbs/a/things", "/dbs%2Fa", "//dbs//a//nothing"]) {
    const answer = await account.raw({ path, signed: noSignature });
    expect([path, answer.status]).toEqual([path, 400]);
  }
});

emulatorIt(
  "refuses a path whose kinds of resource do not follow each other",
  "the service's status",
  async () => {
    for (const path of [
      `/colls/x/dbs/${account.database.id}`,
      `/dbs/${account.database.id}/dbs/${account.database.id}`,
      `/docs/x`,
      `/dbs/${account.database.id}/docs/x`,
      `${containerPath}/colls/${container.id}`,
    ]) {
      const answer = await account.raw({ method: "DELETE", path, headers: keyHeader("p") });
      expect([path, answer.status]).toEqual([path, 400]);
    }
    expect((await container.read()).statusCode).toBe(200);
  },
);

emulatorIt("refuses what it does not have, by name", "the service has them", async () => {
  for (const [kind, name] of [
    ["sprocs", "Stored procedures"],
    ["triggers", "Triggers"],
    ["udfs", "User-defined functions"],
    ["conflicts", "conflict feed"],
  ]) {
    const answer = await account.raw({ path: `${containerPath}/${kind}` });
    expect([kind, answer.status]).toEqual([kind, 400]);
    expect(answer.json()["message"]).toContain(name);
  }
  const users = await account.raw({ path: `/dbs/${account.database.id}/users` });
  expect([users.status, users.json()["code"]]).toEqual([400, "BadRequest"]);
});

emulatorIt(
  "answers 405 to a method that a resource does not have",
  "the service's status is not known",
  async () => {
    for (const [method, path] of [
      ["POST", "/"],
      ["PUT", "/dbs"],
      ["PATCH", containerPath],
      ["POST", `${containerPath}/pkranges`],
      ["DELETE", "/dbs"],
      ["OPTIONS", "/dbs"],
    ] as const) {
      const answer = await account.raw({ method, path });
      expect([method, path, answer.status]).toEqual([method, path, 405]);
      expect(answer.json()).toMatchObject({ code: "MethodNotAllowed" });
    }
  },
);

it.each(["GET", "POST"])("answers 404 to %s below a container that does not exist", async (method) => {
  const path = `/dbs/${account.database.id}/colls/none/docs${method === "GET" ? "/a" : ""}`;
  const body = method === "POST" ? { body: '{"id":"a","pk":"p"}' } : {};
  const answer = await account.raw({ method, path, headers: keyHeader("p"), ...body });
  expect([answer.status, answer.json()["code"]]).toEqual([404, "NotFound"]);
});

it("reads JSON whatever the content type says", async () => {
  const headers = { ...keyHeader("p"), "content-type": "text/plain" };
  const body = JSON.stringify({ id: randomUUID(), pk: "p" });
  const answer = await account.raw({ method: "POST", path: docsPath(container), headers, body });
  expect(answer.status).toBe(201);
});

it("takes kinds of resource in any case, and a target with scheme and host", async () => {
  const link = `dbs/${account.database.id}/colls/${container.id}`;
  const signed = { type: "colls", link };
  const upper = await account.raw({
    path: `/${link.replace("dbs", "DBS").replace("colls", "Colls")}`,
    signed,
  });
  const absolute = await account.raw({ path: `https://localhost/${link}`, signed });
  expect([upper.json()["id"], absolute.json()["id"]]).toEqual([container.id, container.id]);
});

it("takes outer and trailing slashes, and a query string", async () => {
  const id = randomUUID();
  await container.items.create({ id, pk: "p" });
  const signed = { type: "docs", link: `dbs/${account.database.id}/colls/${container.id}/docs/${id}` };
  const answer = await account.raw({
    path: `/${docsPath(container)}/${id}/?a=/b`,
    headers: keyHeader("p"),
    signed,
  });
  expect(answer.status).toBe(200);
});

it.each(["pre", "post"])("refuses a write that names a %s-trigger", async (kind) => {
  const id = randomUUID();
  const options = kind === "pre" ? { preTriggerInclude: ["t"] } : { postTriggerInclude: ["t"] };
  const written = container.items.create({ id, pk: "p" }, options);
  expect(await refusal(written)).toMatchObject({ code: 400 });
  expect((await container.item(id, "p").read()).statusCode).toBe(404);
});
