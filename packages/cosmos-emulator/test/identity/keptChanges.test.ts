import { expect, it } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../src/index.ts";
import { adminRequest } from "../adminRequest.ts";
import { temporaryFolder } from "../childProcess.ts";

const given: EmulatorOptions = {
  users: [{ username: "given@example.com", roles: ["Cosmos DB Built-in Data Reader"] }],
  roleDefinitions: [
    { id: "given", name: "Given", dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"] },
  ],
};

it("keeps the roles and principals that were added while it ran, and what became of them", async () => {
  const dataDir = temporaryFolder();
  const first = await startEmulator({ dataDir, ...given });
  first.principals.addUser({
    username: "ada@example.com",
    password: "secret",
    groups: ["5b0c1e6e-2f3c-4f0e-9f53-0d3a6f2f0c11"],
    roles: [{ role: "Cosmos DB Built-in Data Contributor", scope: "/dbs/a" }],
  });
  first.principals.addServicePrincipal({ clientId: "app", clientSecret: "secret" });
  await adminRequest(first, "POST", "/identities", { clientId: "identity", name: "worker" });
  const role = first.roles.define({
    name: "Counter",
    dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"],
  });
  first.roles.define({
    id: "removed",
    name: "Removed",
    dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"],
  });
  first.roles.removeDefinition("removed");
  const kept = first.roles.assign({ principal: "worker", role: "Counter", scope: "/dbs/a/colls/b" });
  const taken = first.roles.assign({ principal: "app", role: "Counter" });
  first.roles.unassign(taken.id);
  const before = { definitions: first.roles.definitions(), assignments: first.roles.assignments() };
  await first.close();

  const second = await startEmulator({ dataDir, ...given });
  expect(second.roles.definitions()).toEqual(before.definitions);
  expect(second.roles.definitions()).toContainEqual(role);
  expect(second.roles.assignments()).toContainEqual(kept);
  const withoutIds = (assignments: typeof before.assignments): object[] =>
    assignments.map(({ id: _, ...rest }) => rest);
  expect(withoutIds(second.roles.assignments())).toEqual(withoutIds(before.assignments));
  for (const principal of ["ada@example.com", "app", "worker"]) {
    expect(await second.issueToken({ principal, audience: "api" })).toEqual(expect.any(String));
    expect(() => second.principals.addUser({ username: principal })).toThrow("already");
  }
  second.roles.unassign(kept.id);
  await second.close();

  const third = await startEmulator({ dataDir, ...given });
  expect(third.roles.assignments()).not.toContainEqual(kept);
  await third.close();
});

it("lets what it is started with count before what it kept", async () => {
  const dataDir = temporaryFolder();
  const first = await startEmulator({ dataDir });
  first.principals.addUser({ username: "ada@example.com" });
  first.roles.define({
    id: "r",
    name: "Old",
    dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"],
  });
  first.roles.assign({ principal: "ada@example.com", role: "r" });
  await first.close();

  const second = await startEmulator({
    dataDir,
    users: [{ username: "ada@example.com", password: "new" }],
    roleDefinitions: [
      { id: "r", name: "New", dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"] },
    ],
  });
  expect(second.roles.definitions().filter(({ id }) => id === "r")).toMatchObject([{ name: "New" }]);
  expect(second.roles.assignments()).toContainEqual(expect.objectContaining({ roleDefinitionId: "r" }));
  await second.close();
});
