import { bareEtag } from "@cosmos-trpc/cosmos-core/schema";
import { describe, expect, test } from "vitest";
import { useServer } from "./serverOfFile.ts";

const running = useServer();

/** An answer, read. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${running.server.url}/api/cosmos/items${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.headers.get("x-ms-request-charge")).toMatch(/^[\d.]+$/);
  expect(response.headers.get("server-timing")).toMatch(/^total;dur=[\d.]+, db;dur=[\d.]+$/);
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** A problem document, whole. */
function expectProblem({ status, headers, body }: Answer, wanted: number, more: object): void {
  expect(status).toBe(wanted);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    type: "about:blank",
    title: expect.any(String),
    status: wanted,
    detail: expect.any(String),
    instance: expect.stringMatching(/^\/api\/cosmos\/items/),
    ...more,
  });
}

describe("POST", () => {
  test("answers 201 with the item's address, at which it is", async () => {
    const plain = await send("POST", "", { id: "a b/".replace("/", "") });
    expect([plain.status, plain.headers.get("location")]).toEqual([201, "/api/cosmos/items/a%20b"]);
    const placed = await send("POST", "", { id: "placed", pk: "a & b" });
    expect(placed.headers.get("location")).toBe("/api/cosmos/items/placed?pk=a+%26+b");
    const response = await fetch(running.server.url + placed.headers.get("location"));
    expect(await response.json()).toEqual(placed.body);
  });

  test("with If-None-Match: * only where nothing is", async () => {
    const first = await send("POST", "", { id: "new" }, { "if-none-match": "*" });
    expect(first.status).toBe(201);
    expect(first.headers.get("etag")).toBe(first.body["_etag"]);
    const again = await send("POST", "", { id: "new", name: "other" }, { "if-none-match": "*" });
    expectProblem(again, 412, { reason: "precondition-failed" });
    expect((await send("GET", "/new")).body).toEqual(first.body);
    const etag = await send("POST", "", { id: "new" }, { "if-none-match": '"x"' });
    expectProblem(etag, 400, { fields: [{ path: "If-None-Match", message: expect.any(String) }] });
  });
});

describe("GET of an item", () => {
  test("is 304 without a body while it has the version that If-None-Match names", async () => {
    const { headers, body } = await send("POST", "", { id: "cached" });
    const etag = headers.get("etag") ?? "";
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`, "*", bareEtag(etag)]) {
      const same = await send("GET", "/cached", undefined, { "if-none-match": value });
      expect([same.status, same.body, same.headers.get("etag")]).toEqual([304, {}, etag]);
    }
    expect((await send("GET", "/cached", undefined, { "if-none-match": '"other"' })).body).toEqual(body);
    await send("POST", "", { id: "cached", name: "changed" });
    expect((await send("GET", "/cached", undefined, { "if-none-match": etag })).status).toBe(200);
  });

  test("is 412 when it has another version than If-Match names", async () => {
    const { headers, body } = await send("POST", "", { id: "matched" });
    const match = await send("GET", "/matched", undefined, { "if-match": headers.get("etag") ?? "" });
    expect(match.status).toBe(200);
    const other = await send("GET", "/matched", undefined, { "if-match": '"other"' });
    expectProblem(other, 412, { reason: "precondition-failed", currentEtag: body["_etag"] });
  });

  test("and HEAD has its headers", async () => {
    const { headers } = await send("POST", "", { id: "head" });
    const head = await send("HEAD", "/head");
    expect([head.status, head.headers.get("etag")]).toEqual([200, headers.get("etag")]);
    expect((await send("HEAD", "/none")).status).toBe(404);
  });

  test("refuses parameters that it does not know or that come twice", async () => {
    expectProblem(await send("GET", "/x?PK=a"), 400, {
      fields: [{ path: "PK", message: expect.any(String) }],
    });
    expectProblem(await send("GET", "/x?pk=a&pk=b"), 400, {
      fields: [{ path: "pk", message: "is there twice" }],
    });
  });
});

describe("PUT", () => {
  test("writes over an item, over the version that If-Match names", async () => {
    const first = await send("POST", "", { id: "put", pk: "p", tags: ["a"] });
    const put = await send(
      "PUT",
      "/put?pk=p",
      { name: "Put" },
      { "if-match": first.headers.get("etag") ?? "" },
    );
    expect([put.status, put.body["name"], put.body["tags"]]).toEqual([200, "Put", undefined]);
    expect(put.headers.get("etag")).toBe(put.body["_etag"]);
    const stale = await send("PUT", "/put?pk=p", {}, { "if-match": first.headers.get("etag") ?? "" });
    expectProblem(stale, 412, { reason: "precondition-failed", currentEtag: put.body["_etag"] });
    expectProblem(await send("PUT", "/nothing", {}), 404, { reason: "not-found" });
    expect((await send("PUT", "/put?pk=p", {}, { "if-match": "*" })).status).toBe(200);
  });

  test("creates with If-None-Match: *", async () => {
    const first = await send("PUT", "/put-new", { name: "New" }, { "if-none-match": "*" });
    expect([first.status, first.headers.get("location")]).toEqual([201, "/api/cosmos/items/put-new"]);
    expectProblem(await send("PUT", "/put-new", {}, { "if-none-match": "*" }), 412, {});
  });

  test("refuses a body that says another address", async () => {
    expectProblem(await send("PUT", "/put?pk=p", { id: "other", pk: "q" }), 400, {
      reason: "invalid",
      fields: [
        { path: "id", message: "is another than in the address" },
        { path: "pk", message: "is another than in the address" },
      ],
    });
  });

  test("writes the item that GET of the same address reads, whatever partition key its body names", async () => {
    const own = await send("POST", "", { id: "ada", name: "own" });
    const shelved = await send("POST", "", { id: "ada", pk: "shelf", name: "shelved" });
    for (const headers of [{}, { "if-none-match": "*" }]) {
      expectProblem(await send("PUT", "/ada", { pk: "shelf", name: "x" }, headers), 400, {
        fields: [{ path: "pk", message: "is another than in the address" }],
      });
    }
    expect((await send("GET", "/ada")).body).toEqual(own.body);
    expect((await send("GET", "/ada?pk=shelf")).body).toEqual(shelved.body);
    const put = await send("PUT", "/ada", { pk: "ada", name: "x" });
    expect([put.status, put.body["pk"], put.body["name"]]).toEqual([200, "ada", "x"]);
    expect((await send("GET", "/ada")).body).toEqual(put.body);
  });

  test("refuses If-Match that is no list of etags", async () => {
    const { headers } = await send("POST", "", { id: "weak" });
    expectProblem(await send("PUT", "/weak", {}, { "if-match": '"a" "b"' }), 400, {});
    expect((await send("GET", "/weak")).headers.get("etag")).toBe(headers.get("etag"));
  });
});

describe("If-Match", () => {
  const writes = [
    ["POST", "", { id: "listed" }],
    ["PUT", "/listed", { name: "put" }],
    ["PATCH", "/listed", { set: { name: "patched" } }],
    ["DELETE", "/listed", undefined],
  ] as const;

  test.each(writes)("of several etags lets %s write over each of them and no other", async (...write) => {
    const [method, path, body] = write;
    const { headers } = await send("POST", "", { id: "listed", name: "first" });
    const etag = headers.get("etag") ?? "";
    for (const none of ['"a", "b"', `"a", "b", W/${etag}`, `W/${etag}, "b"`, `W/${etag}`, '"*", "a"']) {
      const refused = await send(method, path, body, { "if-match": none });
      expectProblem(refused, 412, { reason: "precondition-failed" });
    }
    expect((await send("GET", "/listed")).headers.get("etag")).toBe(etag);
    for (const list of [`"a", ${etag}, "b"`, `W/"a", ${etag}`]) {
      const current = (await send("POST", "", { id: "listed" })).headers.get("etag") ?? "";
      const done = await send(method, path, body, { "if-match": list.replace(etag, current) });
      expect([list, done.status]).toEqual([list, { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 }[method]]);
    }
  });

  test.each(writes)("of several etags fails for %s of an item that is not there", async (...write) => {
    const [method, path, body] = write;
    await send("DELETE", "/listed");
    const refused = await send(method, path, body, { "if-match": '"a", "b"' });
    const one = await send(method, path, body, { "if-match": '"a"' });
    expect(refused.status).toBe(one.status);
    expectProblem(refused, method === "POST" ? 412 : 404, {});
  });

  test("says alone what is written over: ifMatch in a body is a field of the item", async () => {
    const first = await send("POST", "", { id: "both" });
    for (const [method, path] of [
      ["POST", ""],
      ["PUT", "/both"],
    ] as const) {
      const body = { id: "both", ifMatch: String(first.body["_etag"]) };
      const headers = { "if-match": String(first.body["_etag"]) };
      expectProblem(await send(method, path, body, headers), 400, {
        fields: [{ path: "ifMatch", message: expect.any(String) }],
      });
    }
    expect((await send("GET", "/both")).body).toEqual(first.body);
  });

  test("never holds together with If-None-Match: *", async () => {
    for (const path of ["/both", "/none"]) {
      const headers = { "if-match": "*", "if-none-match": "*" };
      expectProblem(await send("PUT", path, {}, headers), 412, {});
    }
    expect((await send("GET", "/none")).status).toBe(404);
  });
});

describe("PATCH", () => {
  test("changes parts, under conditions", async () => {
    const first = await send("POST", "", { id: "patch", data: { n: 1 } });
    const changes = { set: { name: "Patched" }, increment: { "data.n": 4 }, where: { "data.n": { eq: 1 } } };
    const patched = await send("PATCH", "/patch", changes, { "if-match": first.headers.get("etag") ?? "" });
    expect([patched.status, patched.body]).toEqual([
      200,
      expect.objectContaining({ name: "Patched", data: { n: 5 } }),
    ]);
    expectProblem(await send("PATCH", "/patch", changes), 412, { currentEtag: patched.body["_etag"] });
    expectProblem(await send("PATCH", "/none", { set: { name: "x" } }), 404, {});
  });

  test.each([
    ["nothing to change", {}, ""],
    ["the id", { set: { id: "x" } }, "set.id"],
    ["the partition key", { set: { pk: "x" } }, "set.pk"],
    ["an unknown kind", { set: { name: "x" }, put: { name: "x" } }, "put"],
    ["a value that does not fit", { set: { name: 5 } }, "set.name"],
    ["a number of no double", '{"set":{"data.a":769308320146468865}}', "set.data.a"],
    ["such a number in a condition", '{"where":{"data.a":{"eq":769308320146468865}}}', "where.data.a.eq"],
    ["a condition on no field", { set: { name: "x" }, where: { colour: { eq: 1 } } }, "where.colour"],
    ["no object", [1], "body"],
  ])("refuses %s", async (_name, body, path) => {
    expectProblem(await send("PATCH", "/patch", body), 400, {
      reason: "invalid",
      fields: [{ path, message: expect.any(String) }],
    });
  });
});

test("DELETE answers 204, for the version that If-Match names", async () => {
  const { headers } = await send("POST", "", { id: "gone" });
  expectProblem(await send("DELETE", "/gone", undefined, { "if-match": '"other"' }), 412, {});
  const gone = await send("DELETE", "/gone", undefined, { "if-match": headers.get("etag") ?? "" });
  expect([gone.status, gone.body]).toEqual([204, {}]);
  expectProblem(await send("DELETE", "/gone"), 404, { reason: "not-found" });
});

test.each(["PATCH", "DELETE"])("%s where nothing may be changes nothing", async (method) => {
  const { headers, body } = await send("POST", "", { id: "kept" });
  const change = method === "PATCH" ? { set: { name: "changed" } } : undefined;
  for (const [condition, status] of [
    ["*", 412],
    [headers.get("etag") ?? "", 400],
  ] as const) {
    expectProblem(await send(method, "/kept", change, { "if-none-match": condition }), status, {});
  }
  expect((await send("GET", "/kept")).body).toEqual(body);
});

test("an id that is no percent-encoding is refused, and is not another item's", async () => {
  const { headers } = await send("POST", "", { id: "50%" });
  expect(headers.get("location")).toBe("/api/cosmos/items/50%25");
  for (const method of ["GET", "DELETE"]) {
    expectProblem(await send(method, "/50%"), 400, {
      fields: [{ path: "id", message: expect.stringContaining("percent-encoding") }],
    });
  }
  expect((await send("GET", "/50%25")).status).toBe(200);
});

test("what is read may be kept, but not given on without asking again", async () => {
  const { headers } = await send("POST", "", { id: "cached" });
  const condition = { "if-none-match": headers.get("etag") ?? "" };
  for (const [path, more, status] of [
    ["/cached", {}, 200],
    ["/cached", condition, 304],
    ["?limit=1", {}, 200],
    ["?pk=cached", {}, 200],
  ] as const) {
    const answer = await send("GET", path, undefined, more);
    expect([path, answer.status, answer.headers.get("cache-control")]).toEqual([path, status, "no-cache"]);
  }
});

describe("GET of the list", () => {
  const ids = (answer: Answer) => (answer.body["items"] as { id: string }[]).map(({ id }) => id);
  const query = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`;

  test("filters and sorts, and links to its next page", async () => {
    for (let n = 0; n < 5; n += 1) await send("POST", "", { id: `l${n}`, pk: "list", data: { n } });
    const where = JSON.stringify({ "data.n": { lt: 4 } });
    const first = await send("GET", query({ pk: "list", where, orderBy: "id:desc", limit: "3" }));
    expect([first.status, ids(first)]).toEqual([200, ["l3", "l2", "l1"]]);
    const [, next = ""] =
      /^<\/api\/cosmos\/items(\?.*)>; rel="next"$/.exec(first.headers.get("link") ?? "") ?? [];
    const second = await send("GET", next);
    expect([ids(second), second.headers.get("link")]).toEqual([["l0"], null]);
    const json = await send("GET", query({ pk: "list", orderBy: '[["id","asc"]]', explain: "true" }));
    expect(ids(json)).toEqual(["l0", "l1", "l2", "l3", "l4"]);
    expect(json.body).toHaveProperty("explain.used");
    const slash = await send("GET", "/?pk=list&limit=1");
    expect(ids(slash)).toHaveLength(1);
  });

  test.each([
    [{ where: "{" }, "where", "is not valid JSON"],
    [{ where: '{"a; DROP":{"eq":1}}' }, "where.a; DROP", "is no field of an item"],
    [{ orderBy: "name:asc,id:asc" }, "orderBy", expect.stringContaining("No index serves")],
    [{ orderBy: "name:upwards" }, "orderBy.0.1", 'has to be "asc" or "desc"'],
    [{ orderBy: "" }, "orderBy.0", 'has the path "", which has an empty name'],
    [{ orderBy: "colour" }, "orderBy.0", 'has the path "colour", which is none of an item to sort by'],
    [{ limit: "ten" }, "limit", expect.any(String)],
    [{ limit: "769308320146468865" }, "limit", "has to be a whole number"],
    [{ limit: "0" }, "limit", "has to be 1 or more"],
    [{ explain: "maybe" }, "explain", expect.any(String)],
    [{ cursor: "made-up" }, "cursor", expect.any(String)],
    [{ filter: "x" }, "filter", expect.stringContaining("known here: pk, limit, cursor, where")],
  ])("refuses %j", async (parameters, path, message) => {
    expectProblem(await send("GET", query(parameters as Record<string, string>)), 400, {
      reason: "invalid",
      fields: [{ path, message }],
    });
  });
});

test("throttling is 429 with Retry-After and the charge", async () => {
  const { id } = running.emulator.faults.add({
    operation: "readDocument",
    count: "always",
    status: 429,
    headers: { "x-ms-retry-after-ms": "10" },
  });
  try {
    const answer = await send("GET", "/any");
    expectProblem(answer, 429, { reason: "throttled", retryAfterMs: 10 });
    expect(answer.headers.get("retry-after")).toBe("1");
  } finally {
    running.emulator.faults.remove(id);
  }
});
