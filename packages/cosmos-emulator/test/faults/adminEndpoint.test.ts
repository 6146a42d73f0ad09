import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInRoleIds, type Emulator, startEmulator } from "../../src/index.ts";
import { adminRequest } from "../adminRequest.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const secret = (): string => emulator.env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "";

it.each<[string, () => Record<string, string>, number]>([
  ["no secret", () => ({}), 401],
  ["an empty secret", () => ({ "x-emulator-secret": "" }), 401],
  ["another secret", () => ({ "x-emulator-secret": "other" }), 401],
  [
    "the secret of the identity endpoint",
    () => ({ "x-emulator-secret": emulator.env["IDENTITY_HEADER"] ?? "" }),
    401,
  ],
  ["an origin", () => ({ "x-emulator-secret": secret(), origin: "http://localhost:3000" }), 403],
  ["the origin of a file", () => ({ "x-emulator-secret": secret(), origin: "null" }), 403],
])("refuses a request with %s", async (_, headers, status) => {
  for (const method of ["GET", "POST", "DELETE"]) {
    const answer = await adminRequest(emulator, method, "/faults", undefined, headers());
    expect([method, answer.status]).toEqual([method, status]);
    expect(answer.text).not.toContain(secret());
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  }
});

it("refuses the preflight of a web page", async () => {
  const answer = await adminRequest(emulator, "OPTIONS", "/faults", undefined, {
    origin: "http://localhost",
  });
  expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
});

it.each<[string, string, string, number]>([
  ["GET", "/nothing", "", 404],
  ["GET", "/faults/a/b", "", 404],
  ["GET", "/", "", 404],
  ["GET", "/%E0%A4%A", "", 400],
  ["PUT", "/faults", "{}", 405],
  ["POST", "/faults", "{", 400],
  ["POST", "/faults", "[]", 400],
  ["POST", "/faults", '"text"', 400],
  ["POST", "/faults", "null", 400],
  ["POST", "/faults", `"${"x".repeat(1024 * 1024)}"`, 413],
  ["PUT", "/latency", "{}", 400],
  ["PUT", "/latency", '{"ms":"1"}', 400],
  ["PUT", "/latency", '{"ms":1,"region":"Moon"}', 400],
  ["POST", "/roles/assignments", "{}", 400],
  ["POST", "/roles/assignments", '{"principal":"x","role":"y"}', 400],
  ["POST", "/roles/definitions", '{"name":"x","dataActions":"readMetadata"}', 400],
  ["DELETE", "/roles/assignments/none", "", 400],
])("answers %s %s %s with %d and a message", async (method, path, body, status) => {
  const answer = await adminRequest(emulator, method, path, body === "" ? undefined : body);
  expect(answer.status).toBe(status);
  expect(answer.json()["message"]).toEqual(expect.any(String));
});

it("shows and changes roles", async () => {
  const before = (await adminRequest(emulator, "GET", "/roles")).json();
  expect(before).toMatchObject({
    definitions: [{ id: builtInRoleIds.dataReader }, { id: builtInRoleIds.dataContributor }],
    assignments: [{ roleDefinitionId: builtInRoleIds.dataContributor, scope: "/" }],
  });
  const definition = await adminRequest(emulator, "POST", "/roles/definitions", {
    name: "Metadata",
    dataActions: ["readMetadata"],
  });
  expect(definition.status).toBe(201);
  const assignment = await adminRequest(emulator, "POST", "/roles/assignments", {
    principal: "system-assigned identity",
    role: "Metadata",
    scope: "/dbs/a",
  });
  expect(assignment.status).toBe(201);
  expect(emulator.roles.assignments()).toContainEqual(assignment.json());
  for (const path of [
    `/roles/assignments/${String(assignment.json()["id"])}`,
    `/roles/definitions/${String(definition.json()["id"])}`,
  ]) {
    expect((await adminRequest(emulator, "DELETE", path)).status).toBe(204);
  }
  expect((await adminRequest(emulator, "GET", "/roles")).json()).toEqual(before);
});
