import { validate } from "@readme/openapi-parser";
import { expect, test } from "vitest";
import { z } from "zod";
import { useServer } from "./serverOfFile.ts";

const running = useServer();

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, object>>;
  readonly components: { readonly schemas: Record<string, z.core.JSONSchema.JSONSchema> };
}

const document = async (): Promise<Document> =>
  (await (await fetch(`${running.url}/openapi.json`)).json()) as Document;

test("/openapi.json is a valid OpenAPI 3.1 document of every route", async () => {
  const found = await document();
  expect(found.openapi).toMatch(/^3\.1\./);
  const result = await validate(structuredClone(found) as unknown as Parameters<typeof validate>[0]);
  expect(result).toMatchObject({ valid: true });
  const methods = Object.entries(found.paths).map(([path, { parameters, ...operations }]) => [
    path,
    Object.keys(operations).sort(),
  ]);
  expect(Object.fromEntries(methods)).toEqual({
    "/api/cosmos/items": ["get", "post"],
    "/api/cosmos/items/{id}": ["delete", "get", "patch", "put"],
    "/api/cosmos/items:getMany": ["post"],
    "/api/cosmos/items:bulk": ["post"],
  });
  // Each of them is served.
  for (const [path, names] of methods as [string, string[]][]) {
    const response = await fetch(running.url + path.replace("{id}", "a"), { method: "OPTIONS" });
    expect(response.status).toBe(204);
    for (const name of names) expect(response.headers.get("allow")).toContain(name.toUpperCase());
  }
});

test("its schemas are the ones that check and describe what goes in and out", async () => {
  const { schemas } = (await document()).components;
  expect(schemas["items.Item"]).toMatchObject({
    type: "object",
    required: ["id"],
    additionalProperties: false,
    properties: {
      id: { type: "string", description: expect.stringContaining("unique") },
      name: { type: "string", default: "unnamed" },
      tags: { type: "array", items: { type: "string" } },
      // Without it, generators of clients take it for an object that has no properties.
      data: { type: "object", additionalProperties: true, description: "Any JSON object" },
    },
  });
  expect(schemas["items.Filter"]).toMatchObject({ type: "object", additionalProperties: true });
  const stored = z.fromJSONSchema(schemas["items.StoredItem"] ?? {});
  const answer = await fetch(`${running.url}/api/cosmos/items`, {
    method: "POST",
    body: '{"id":"a","data":{"n":1}}',
  });
  expect(stored.safeParse(await answer.json()).error).toBeUndefined();
  expect(stored.safeParse({ id: "a", pk: "a", name: "unnamed" }).success).toBe(false);
  const listed = await fetch(`${running.url}/api/cosmos/items?explain=true&orderBy=name`);
  const { explain } = (await listed.json()) as { explain: object };
  expect(z.fromJSONSchema(schemas["IndexUse"] ?? {}).safeParse(explain).error).toBeUndefined();
  const problem = z.fromJSONSchema(schemas["Problem"] ?? {});
  const refused = await fetch(`${running.url}/api/cosmos/items`, { method: "POST", body: '{"id":1}' });
  expect(problem.safeParse(await refused.json()).error).toBeUndefined();
});

test("the bodies that it describes are those that are taken, without what the address says", async () => {
  const found = await document();
  const schemaOf = (path: string, method: string) => {
    const { requestBody } = (found.paths[path]?.[method] ?? {}) as {
      requestBody: { content: { "application/json": { schema: { $ref: string } } } };
    };
    const { $ref } = requestBody.content["application/json"].schema;
    return z.fromJSONSchema(found.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {});
  };
  const base = `${running.url}/api/cosmos/items`;
  const first = await fetch(base, { method: "POST", body: '{"id":"bodied"}' });
  const { _etag: etag } = (await first.json()) as { _etag: string };
  for (const [method, path, address, body] of [
    ["POST", "/api/cosmos/items", "", { id: "bodied", name: "x" }],
    ["POST", "/api/cosmos/items", "", { name: "without its id" }],
    ["POST", "/api/cosmos/items", "", { id: "bodied", ifMatch: "a field" }],
    ["PUT", "/api/cosmos/items/{id}", "/bodied", { name: "x", tags: [] }],
    ["PUT", "/api/cosmos/items/{id}", "/bodied", { name: "x", colour: "red" }],
    ["PUT", "/api/cosmos/items/{id}", "/bodied", { name: "x", ifMatch: etag }],
    ["PATCH", "/api/cosmos/items/{id}", "/bodied", { set: { name: "y" }, where: { name: { eq: "z" } } }],
    ["PATCH", "/api/cosmos/items/{id}", "/bodied", { set: { name: "y" }, where: { name: { eq: "x" } } }],
    ["PATCH", "/api/cosmos/items/{id}", "/bodied", { put: { name: "y" } }],
    ["PATCH", "/api/cosmos/items/{id}", "/bodied", { increment: { "data.n": "1" } }],
  ] as const) {
    const { status } = await fetch(base + address, { method, body: JSON.stringify(body) });
    const { success } = schemaOf(path, method.toLowerCase()).safeParse(body);
    expect([method, body, success]).toEqual([method, body, status !== 400]);
  }
});

test("/docs shows it with this server's files only", async () => {
  const page = await fetch(`${running.url}/docs`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
  const html = await page.text();
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? "");
  const files = addresses.filter((address) => !address.startsWith("data:"));
  expect(files).toEqual(["/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js"]);
  const texts = await Promise.all(
    files.map(async (path) => {
      const response = await fetch(running.url + path);
      expect([response.status, response.headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
      // A browser that may not sniff takes a script or a style by its type only.
      const type = path.endsWith(".css") ? "text/css" : "text/javascript";
      expect(response.headers.get("content-type")).toBe(`${type}; charset=utf-8`);
      return response.text();
    }),
  );
  // What the page does is allowed by its own policy: no script in it, and the viewer's pictures and styles.
  const policy = new Map(
    (page.headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources] as const;
    }),
  );
  for (const name of ["script-src", "style-src", "connect-src"]) expect(policy.get(name)).toContain("'self'");
  expect(policy.get("style-src")).toContain("'unsafe-inline'");
  expect(policy.get("img-src")).toContain("data:");
  expect(html).not.toMatch(/<script>|<script [^>]*>[^<]|\son\w+=/);
  const described = await fetch(`${running.url}/openapi.json`);
  expect([described.status, described.headers.get("content-type")]).toEqual([
    200,
    "application/json; charset=utf-8",
  ]);
  expect(texts[0]).not.toMatch(/@import|url\(["']?(https?:)?\/\//);
  expect(texts[2]).toContain('url: "/openapi.json"');
  expect((await fetch(`${running.url}/docs`, { method: "POST" })).headers.get("allow")).toBe("GET, HEAD");
  for (const path of ["/docs/../package.json", "/docs/%2e%2e/package.json", "/docs/LICENSE"])
    expect((await fetch(running.url + path)).status).toBe(404);
});
