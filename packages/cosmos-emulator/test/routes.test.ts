import { expect, test } from "vitest";
import type { Call } from "../src/http/call.ts";
import { operationNames, selectOperation } from "../src/http/selectOperation.ts";
import { parseTarget } from "../src/http/target.ts";
import { dataPlaneRoutes, refusedResources } from "../src/routes.ts";

function call(method: string, path: string, headers: Record<string, string> = {}): Call {
  return { method, target: parseTarget(path.replaceAll(/[{}]/g, "")), headers, body: Buffer.alloc(0) };
}

const unconditional = dataPlaneRoutes
  .filter(([, , , condition]) => condition === undefined)
  .map(([method, path, { name }]) => [method, path, name] as const);

test.each(unconditional)("%s %s is %s when no header says otherwise", (method, path, name) => {
  expect(selectOperation(call(method, path)).name).toBe(name);
});

test.each([
  ["x-ms-cosmos-is-query-plan-request", "readQueryPlan"],
  ["x-ms-documentdb-isquery", "queryDocuments"],
  ["x-ms-cosmos-is-batch-request", "batchDocuments"],
  ["x-ms-documentdb-is-upsert", "upsertDocument"],
])(
  "the header %s of a POST of documents asks for %s, and counts before those below it",
  (name, operation) => {
    const headers = {
      "x-ms-documentdb-is-upsert": "true",
      ...(operation === "batchDocuments" ? { "x-ms-cosmos-is-batch-request": "True" } : {}),
      ...(operation === "queryDocuments" || operation === "readQueryPlan"
        ? { "x-ms-cosmos-is-batch-request": "True", "x-ms-documentdb-isquery": "true" }
        : {}),
      [name]: "True",
    };
    expect(selectOperation(call("POST", "/dbs/d/colls/c/docs", headers)).name).toBe(operation);
  },
);

test("no operation has two names, and what is not listed is refused with 405 or the kind's sentence", () => {
  expect(new Set(operationNames).size).toBe(operationNames.length);
  expect(() => selectOperation(call("PATCH", "/dbs/d"))).toThrow("no operation PATCH on dbs");
  for (const type of Object.keys(refusedResources)) {
    const parents = { attachments: "/dbs/d/colls/c/docs/i", permissions: "/dbs/d/users/u" } as const;
    const ofDatabase = type === "users" || type === "clientencryptionkeys";
    const parent = Object.hasOwn(parents, type)
      ? parents[type as keyof typeof parents]
      : ofDatabase
        ? "/dbs/d"
        : "/dbs/d/colls/c";
    expect(() => selectOperation(call("GET", `${parent}/${type}`)), type).toThrow(
      "not supported by the emulator",
    );
  }
});
