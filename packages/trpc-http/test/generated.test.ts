import fc from "fast-check";
import { expect, it } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { errorCodes, outputs, thrown } from "./everyKind.ts";
import { type RequestSpelling, spell } from "./requests.ts";
import { expectSame, isOwnAnswer, startPair } from "./serverPair.ts";
import { setups } from "./setups.ts";

const runs = 10_000;

/** Paths of a URL: any characters, escaped where they have to be. */
const webPath = fc
  .array(
    fc.string({
      unit: fc.oneof(
        {
          weight: 10,
          arbitrary: fc.constantFrom(
            ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@",
          ),
        },
        { weight: 1, arbitrary: codePoint.map(encodeURIComponent) },
      ),
    }),
  )
  .map((segments) => segments.map((segment) => `/${segment}`).join(""));

const path = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom("hello", "echo", "strict", "twice", "who", "output", "throw", "code", "raw"),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "save",
      "store",
      "touch",
      "fail",
      "guarded",
      "later.on",
      "nested.deeper.still",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "ticks",
      "upload",
      "nowhere",
      "",
      "deed",
      "checked",
      "%C3%BC%20name",
      "later.off",
    ),
  },
  { weight: 1, arbitrary: webPath },
  { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{0,12}$/) },
);

const name = fc.constantFrom<string>(...Object.keys(outputs), ...Object.keys(thrown), ...errorCodes);
const input = fc.oneof(
  name,
  fc.record({ id: fc.string(), n: fc.integer(), also: fc.boolean() }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 2 }),
);

const json = fc.oneof(
  { weight: 10, arbitrary: input.map((value) => JSON.stringify(value)) },
  {
    weight: 6,
    arbitrary: fc
      .dictionary(fc.constantFrom("0", "1", "2", "x"), input)
      .map((value) => JSON.stringify(value)),
  },
  { weight: 2, arbitrary: fc.string({ unit: codePoint }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "grapheme", maxLength: 400 }).map((text) => JSON.stringify(text)),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "{", "nul", "1e999", '{"__proto__":{"id":"x"}}', "\ufeff1") },
);

/** An escaped query value: mostly as clients do it, at times as nobody should. */
const value = fc.oneof(
  { weight: 8, arbitrary: json.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: json.map((text) => new URLSearchParams({ v: text }).toString().slice(2)) },
  { weight: 1, arbitrary: fc.stringMatching(/^[!"$-~]{0,20}$/) },
);

const parameter = fc.oneof(
  { weight: 8, arbitrary: value.map((text) => `input=${text}`) },
  { weight: 6, arbitrary: fc.constant("batch=1") },
  { weight: 1, arbitrary: value.map((text) => `connectionParams=${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("batch=0", "b%61tch=1", "batch", "in+put=1", "&", "=", "lastEventId=1", "?"),
  },
);

const header = fc.oneof(
  { weight: 6, arbitrary: fc.constant(["Content-Type", "application/json"] as const) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/json;",
        "text/plain",
        "application/jsonl",
      )
      .map((type) => ["content-type", type] as const),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("application/jsonl", "x", "*/*").map((type) => ["trpc-accept", type] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("application/jsonl", "text/html, */*")
      .map((type) => ["accept", type] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("a.example", "a.example:1", "[::1]", "x@y", "%")
      .map((host) => ["Host", host] as const),
  },
  {
    weight: 1,
    arbitrary: fc.stringMatching(/^[ -~\u00a1-\u00ff]{0,20}$/).map((text) => ["x-any", text] as const),
  },
);

const request: fc.Arbitrary<RequestSpelling> = fc
  .record({
    method: fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom("GET", "POST") },
      { weight: 1, arbitrary: fc.constantFrom("HEAD", "PUT", "OPTIONS", "DELETE") },
    ),
    paths: fc.oneof({ weight: 3, arbitrary: fc.tuple(path) }, fc.array(path, { maxLength: 4 })),
    parameters: fc.array(parameter, { maxLength: 3 }),
    headers: fc.uniqueArray(header, { maxLength: 3, selector: ([key]) => key.toLowerCase() }),
    body: fc.oneof({ weight: 5, arbitrary: json }, fc.uint8Array({ maxLength: 60 })),
    declared: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    slash: fc.constantFrom("/", "/", "/", "/", "//", ""),
  })
  .map(({ method, paths, parameters, headers, body, declared, slash }) => ({
    method,
    target:
      `${slash}${paths.join(",")}${parameters.length > 0 ? "?" : ""}${parameters.join("&")}`.replaceAll(
        " ",
        "%20",
      ) || "/",
    headers:
      declared && method === "POST"
        ? [
            ["Content-Type", "application/json"] as const,
            ...headers.filter(([key]) => key.toLowerCase() !== "content-type"),
          ]
        : headers,
    // Without a body, `HEAD` and `GET` stay what they usually are.
    body: method === "GET" || method === "HEAD" ? undefined : body,
  }));

const setupNames = Object.keys(setups) as (keyof typeof setups)[];

it(`answers ${runs} generated requests as tRPC's handler does`, { timeout: 900_000 }, async () => {
  // Half of the requests go to the plain set-up, the rest to all of them in turn.
  const pairs = await Promise.all(setupNames.map((setup) => startPair(setups[setup])));
  let ownAnswers = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.oneof(fc.constant(0), fc.nat({ max: pairs.length - 1 })),
        async (spelling, index) => {
          const pair = pairs[index];
          if (pair && isOwnAnswer(await expectSame(pair, spell(spelling)))) ownAnswers += 1;
        },
      ),
      { numRuns: runs },
    );
  } finally {
    for (const pair of pairs) await pair[Symbol.asyncDispose]();
  }
  // The comparison means little if tRPC's handler ends up answering on both sides.
  expect(ownAnswers).toBeGreaterThan(runs / 3);
});
