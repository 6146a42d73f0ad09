import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { createTRPCClient, httpBatchStreamLink, httpLink } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createApi, entity, entityRouters, initApi } from "../src/index.ts";
import { openStream, untilSeen, watched, watchUrl } from "./eventStream.ts";
import { useServer } from "./serverOfFile.ts";

/** Fields that are called like options, arguments and parameters of the API. */
const odd = defineContainer({
  id: "odd",
  partitionKey: ["/limit", "/cursor"],
  schema: z.object({
    id: z.string(),
    limit: z.string(),
    cursor: z.number(),
    ifMatch: z.string().optional(),
    where: z.string().optional(),
    patch: z.string().optional(),
    pk: z.string().optional(),
    orderBy: z.string().optional(),
    explain: z.boolean().optional(),
    set: z.string().optional(),
    etag: z.string().optional(),
    updatedAt: z.string().optional(),
    n: z.number().optional(),
  }),
});

const entities = { odd: entity(odd) };
const { router, procedure, createContext } = initApi({ entities });
const appRouter = router(entityRouters(procedure, entities));
const api = createApi({ title: "Odd", entities, router: appRouter, createContext });

const running = useServer(api);

const key = { limit: "a & b", cursor: 7 };
const item = {
  ...key,
  ifMatch: "mine",
  where: "here",
  patch: "a patch",
  pk: "no key",
  orderBy: "me",
  explain: true,
  set: "of things",
  etag: "my own",
  updatedAt: "yesterday",
};

const client = () =>
  createTRPCClient<typeof appRouter>({ links: [httpLink({ url: `${running.url}/trpc` })] });

const rest = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${running.url}/api/cosmos/odd${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
};

test("every procedure leaves them to the item", async () => {
  const { odd: procedures } = client();
  const created = await procedures.create.mutate({ id: "1", ...item });
  expect(created).toMatchObject({ id: "1", ...item });
  const options = { ifMatch: created._etag };
  const upserted = await procedures.upsert.mutate([{ id: "1", ...item, ifMatch: "another" }, options]);
  expect(upserted.ifMatch).toBe("another");
  // What was read is written back as it is: the service's properties are taken and ignored.
  const replaced = await procedures.replace.mutate([upserted, { ifMatch: upserted._etag.slice(1, -1) }]);
  expect(replaced).toMatchObject({ ifMatch: "another", etag: "my own" });
  const patched = await procedures.patch.mutate([
    { id: "1", ...key },
    { set: { where: "there", patch: "b", ifMatch: "c" } },
    { where: { where: { eq: "here" }, limit: { eq: key.limit } }, ifMatch: "*" },
  ]);
  expect(patched).toMatchObject({ where: "there", patch: "b", ifMatch: "c" });
  expect(await procedures.get.query({ id: "1", ...key })).toEqual(patched);
  const { items } = await procedures.list.query({
    pk: key,
    where: { cursor: { eq: 7 }, explain: { eq: true } },
    orderBy: [["limit", "asc"]],
    limit: 5,
  });
  expect(items).toEqual([patched]);
  expect(await procedures.bulk.mutate({ items: [{ id: "2", ...item }] })).toMatchObject([{ ok: true }]);
  const stream = await openStream(watchUrl(running.url, { pk: key, since: "beginning" }, "odd.watch"));
  await untilSeen(watched(stream), ["1", "2"]);
  stream.close();
  await procedures.delete.mutate([{ id: "2", ...key }, { ifMatch: "*" }]);
});

test("every plain route does, a partition key called like a list's parameter included", async () => {
  const posted = await rest("", { method: "POST", body: JSON.stringify({ id: "3", ...item }) });
  expect([posted.status, posted.body]).toEqual([201, expect.objectContaining(item)]);
  const location = posted.headers.get("location") ?? "";
  expect(location).toBe("/api/cosmos/odd/3?%2Flimit=a+%26+b&%2Fcursor=7");
  const address = location.replace("/api/cosmos/odd", "");
  const { status, body } = await rest(address);
  expect([status, body]).toEqual([200, posted.body]);
  const put = await rest(address, {
    method: "PUT",
    body: JSON.stringify({ ...body, ifMatch: "changed" }),
    headers: { "if-match": body._etag },
  });
  expect([put.status, put.body.ifMatch]).toEqual([200, "changed"]);
  const patched = await rest(address, {
    method: "PATCH",
    body: JSON.stringify({ set: { set: "x", where: "y" }, where: { where: { eq: "here" } } }),
  });
  expect([patched.status, patched.body]).toEqual([200, expect.objectContaining({ set: "x", where: "y" })]);
  const listed = await rest(`?/limit=${encodeURIComponent(key.limit)}&/cursor=7&limit=1&explain=true`);
  expect(listed.body).toMatchObject({ items: [{ limit: key.limit }], explain: { used: {} } });
  expect((await rest(address, { method: "DELETE" })).status).toBe(204);
  const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as {
    paths: Record<string, { get: { parameters: { name: string }[] } }>;
  };
  const parameters = (document.paths["/api/cosmos/odd"]?.get.parameters ?? []).map(
    ({ name }: { name: string }) => name,
  );
  expect(parameters).toEqual(["/limit", "/cursor", "limit", "cursor", "where", "orderBy", "explain"]);
});

describe("a number that a double cannot hold is refused with its field", () => {
  const big = '{"id":"big","limit":"l","cursor":1,"n":769308320146468865}';
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(running.url + path, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  const input = (json: string) => `input=${encodeURIComponent(json)}`;

  test.each([
    ["a body", "n", () => post("/api/cosmos/odd", big)],
    [
      "a patch",
      "increment.n",
      () =>
        fetch(`${running.url}/api/cosmos/odd/1?/limit=l&/cursor=1`, {
          method: "PATCH",
          body: '{"increment":{"n":1e400}}',
        }),
    ],
    ["a bulk's body", "items.1.n", () => post("/api/cosmos/odd:bulk", `{"items":[{},${big}]}`)],
    [
      "a parameter",
      "where.n.eq",
      () => fetch(`${running.url}/api/cosmos/odd?where=${encodeURIComponent('{"n":{"eq":1e-400}}')}`),
    ],
    ["a tRPC body", "n", () => post("/trpc/odd.upsert", big)],
    ["a tuple", "n", () => post("/trpc/odd.upsert", `[${big},{"ifMatch":"*"}]`)],
    ["a batch", "n", () => post("/trpc/odd.upsert?batch=1", `{"0":${big}}`)],
    [
      "a query's input",
      "where.n.eq",
      () => fetch(`${running.url}/trpc/odd.list?${input('{"where":{"n":{"eq":769308320146468865}}}')}`),
    ],
    [
      "a watch's input",
      "pk.cursor",
      () => fetch(`${running.url}/trpc/odd.watch?${input('{"pk":{"limit":"l","cursor":1e400}}')}`),
    ],
    [
      "a streamed batch",
      "n",
      () => post("/trpc/odd.upsert?batch=1", `{"0":${big}}`, { "trpc-accept": "application/jsonl" }),
    ],
  ])("in %s", async (_name, path, send) => {
    const response = await send();
    expect(response.status).toBe(400);
    const answer = await response.json();
    const [first] = Array.isArray(answer) ? answer : [answer];
    const { fields, reason } = first.error?.data ?? first;
    expect([reason, fields]).toEqual([
      "invalid",
      [{ path, message: expect.stringContaining("as a string") }],
    ]);
  });

  test("and one that it can hold is not", async () => {
    const stream = createTRPCClient<typeof appRouter>({
      links: [httpBatchStreamLink({ url: `${running.url}/trpc` })],
    });
    const kept = { id: "kept", limit: "l", cursor: 1, n: 2 ** 60 };
    expect(await stream.odd.upsert.mutate(kept)).toMatchObject(kept);
  });
});
