import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { entityAddress } from "../src/http/entityAddress.ts";
import { createApi, entity, entityRouters, initApi } from "../src/index.ts";
import { useServer } from "./serverOfFile.ts";

const any = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const entities = {
  nums: entity(
    defineContainer({
      id: "nums",
      partitionKey: "/n",
      schema: z.strictObject({ id: z.string(), n: z.number(), note: z.unknown().optional() }),
    }),
  ),
  mixed: entity(
    defineContainer({
      id: "mixed",
      partitionKey: ["/at/k", "/at/place"],
      schema: z.strictObject({ id: z.string(), at: z.strictObject({ k: any, place: z.string() }) }),
    }),
  ),
};

const { router, procedure, createContext } = initApi({ entities });
const appRouter = router({
  ...entityRouters(procedure, entities),
  coerced: procedure
    .meta({ openapi: { method: "GET", path: "/api/coerced" } })
    .input(
      z.strictObject({
        n: z.coerce.number().optional(),
        flag: z.coerce.boolean().optional(),
        big: z.coerce.bigint().optional(),
        day: z.coerce.date().optional(),
        date: z.date().optional(),
        list: z.array(z.coerce.number()).optional(),
        text: z.coerce.string().optional(),
      }),
    )
    .query(({ input: { big, ...input } }) => ({ ...input, big: big?.toString() })),
});
const api = createApi({ title: "Keys", entities, router: appRouter, createContext });
const running = useServer(api);

async function send(method: string, path: string, body?: unknown) {
  const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(running.url + path, { method, ...init });
  const text = await response.text();
  return {
    status: response.status,
    location: response.headers.get("location"),
    body: text === "" ? {} : JSON.parse(text),
  };
}

describe("a number that a double cannot hold is no other item's", () => {
  test.each([
    ["9007199254740993", 9007199254740992],
    ["1e-400", 0],
  ])("%s", async (text, n) => {
    await send("POST", "/api/cosmos/nums", { id: "k", n });
    for (const [method, body] of [
      ["DELETE", undefined],
      ["GET", undefined],
      ["PUT", {}],
      ["PATCH", { set: { note: "other" } }],
    ] as const) {
      const refused = await send(method, `/api/cosmos/nums/k?n=${text}`, body);
      expect([method, refused.status, refused.body.fields]).toEqual([
        method,
        400,
        [{ path: "n", message: expect.stringContaining(text) }],
      ]);
    }
    expect((await send("GET", `/api/cosmos/nums?n=${text}`)).status).toBe(400);
    expect((await send("GET", `/api/cosmos/nums/k?n=${n}`)).body).toMatchObject({ id: "k", n });
  });

  test("nor is a limit rounded, or read from what is no number of JSON", async () => {
    for (const limit of ["1.0000000000000000001", "0x10", "", "+5", "%205"]) {
      const { status, body } = await send("GET", `/api/cosmos/nums?limit=${limit}`);
      expect([limit, status, body.fields?.[0]?.path]).toEqual([limit, 400, "limit"]);
    }
    expect((await send("GET", "/api/cosmos/nums?limit=5")).status).toBe(200);
  });
});

describe("keys of several kinds", () => {
  const keys = ["6", 6, null, "null", true, "true", '"6"', '"', "", "1e400", "9007199254740993", "a"];

  test("each have their own address, which Location tells", async () => {
    const locations = new Map<string, unknown>();
    for (const k of keys) {
      const item = { id: "same", at: { k, place: "6" } };
      const { status, location } = await send("POST", "/api/cosmos/mixed", item);
      expect(status).toBe(201);
      locations.set(String(location), k);
    }
    expect(locations.size).toBe(keys.length);
    for (const [location, k] of locations) {
      expect((await send("GET", location)).body.at).toEqual({ k, place: "6" });
      expect((await send("PUT", location, {})).body.at).toEqual({ k, place: "6" });
    }
    expect((await send("GET", "/api/cosmos/mixed/same?at.k=6&at.place=6")).body.at.k).toBe(6);
    const quoted = await send("GET", `/api/cosmos/mixed/same?at.k=${encodeURIComponent('"6"')}&at.place=6`);
    expect(quoted.body.at.k).toBe("6");
    expect((await send("GET", "/api/cosmos/mixed/same?at.k=null&at.place=6")).body.at.k).toBe(null);
  });

  test("come back from an address as they were", () => {
    const address = entityAddress(entities.mixed);
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.oneof(
      scalar,
      scalar.map((value) => JSON.stringify(value)),
      scalar.map(String),
    );
    fc.assert(
      fc.property(key, fc.string(), (k, place) => {
        const item = { id: "a", at: { k, place } };
        const query = new URLSearchParams(address.of(item).split("?")[1]);
        expect(address.key("a", new Map(query))).toEqual(item);
      }),
    );
  });

  test("are described", async () => {
    const { paths } = (await send("GET", "/openapi.json")).body;
    const [, k, place] = paths["/api/cosmos/mixed/{id}"].parameters;
    expect(k).toMatchObject({ name: "at.k", description: expect.stringContaining('"6"') });
    expect(place.description).toBeUndefined();
  });
});

describe("an address that is no percent-encoding of UTF-8", () => {
  test("is not that of the text with U+FFFD", async () => {
    await send("POST", "/api/cosmos/mixed", { id: "f", at: { k: "\ufffd", place: "x" } });
    const right = `at.k=${encodeURIComponent("\ufffd")}&at.place=x`;
    expect((await send("GET", `/api/cosmos/mixed/f?${right}`)).status).toBe(200);
    for (const wrong of ["%fe", "%", "%zz", "a%c3"]) {
      for (const method of ["GET", "DELETE"]) {
        const { status, body } = await send(method, `/api/cosmos/mixed/f?at.k=${wrong}&at.place=x`);
        expect([wrong, status, body.fields?.[0]?.path]).toEqual([wrong, 400, "at.k"]);
      }
    }
  });
});

describe("a field that coerces", () => {
  test("takes what is written as its kind", async () => {
    const query = "n=1.5&flag=false&big=769308320146468865&day=2026-02-28&list=1&list=2&text=%205";
    const { status, body } = await send("GET", `/api/coerced?${query}`);
    expect([status, body]).toEqual([
      200,
      {
        n: 1.5,
        flag: false,
        big: "769308320146468865",
        day: "2026-02-28T00:00:00.000Z",
        list: [1, 2],
        text: " 5",
      },
    ]);
  });

  test.each([
    ["n", "769308320146468865"],
    ["n", "1e-400"],
    ["n", ""],
    ["n", "0x10"],
    ["n", "true"],
    ["flag", "no"],
    ["big", ""],
    ["big", "1.5"],
    ["day", "2026-02-31"],
    ["day", "5"],
    ["date", "2026-02-31"],
    ["date", "2026-02-31T00:00:00Z"],
    ["date", "1"],
    ["list", ""],
  ])("%s=%s is refused with its field", async (name, text) => {
    const { status, body } = await send("GET", `/api/coerced?${name}=${text}`);
    expect([status, body.fields?.[0]?.path]).toEqual([400, name]);
  });
});
