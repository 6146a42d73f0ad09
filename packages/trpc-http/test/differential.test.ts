import { describe, expect, it } from "vitest";
import { deeds, errorCodes, outputs, thrown } from "./everyKind.ts";
import { get, post, type RequestSpelling, spell } from "./requests.ts";
import { expectSame, isOwnAnswer, startPair } from "./serverPair.ts";
import { setups } from "./setups.ts";

const long = "y".repeat(300);

/** Requests that our own code is to answer. */
const own: Record<string, RequestSpelling> = {
  "a query without input": get("hello"),
  "a query with input": get("echo", { a: [1, "ü", null] }),
  "a query whose input is checked": get("strict", { id: "x", n: 1 }),
  "an input that fails its check": get("strict", { id: "" }),
  "an input of the wrong kind": get("strict", "text"),
  "no input where one is needed": get("strict"),
  "two input parsers": get("twice", { id: "x", also: false }),
  "an input with a prototype key": get("twice", JSON.parse('{"id":"x","__proto__":{"a":1}}')),
  "an empty input": get("echo", undefined, "input="),
  "an input that is no JSON": get("echo", undefined, "input=%7B"),
  "two inputs": get("echo", 1, "input=2"),
  "an input of null": get("echo", null),
  "plus signs": get("echo", undefined, "input=%22a+b%22"),
  "invalid escapes in the input": get("echo", undefined, "input=%22%zz%ff%22"),
  "unescaped characters in the input": { target: '/echo?input={"a":"b|^`\'"}' },
  "an escaped parameter name": get("echo", undefined, "%69nput=1&input=2"),
  "an empty query": { target: "/hello?" },
  "stray ampersands": { target: "/echo?&&=&input=1&" },
  "a query that starts with a question mark": { target: "/echo??input=1&input=2" },
  "connection parameters": get("who", undefined, `connectionParams=${encodeURIComponent('{"token":"t"}')}`),
  "connection parameters that are no JSON": get("who", undefined, "connectionParams=x"),
  "connection parameters of the wrong shape": get("who", undefined, "connectionParams=[1]"),
  "the context": get("who"),
  "a middleware": get("guarded"),
  "a middleware that reads the raw input": get("raw", { a: 1 }),
  "a middleware that forgets to go on": get("forgetful"),
  "an output that passes its check": get("checked", { ok: true }),
  "an output that fails its check": get("checked", { ok: false }),
  "a procedure's own error format": get("formatted"),
  "a nested procedure": get("nested.deeper.still"),
  "a lazy router": get("later.on", 1),
  "a lazy router's unknown procedure": get("later.off"),
  "an unusual name": { target: "/%C3%BC%20name" },
  "a name with a percent sign": { target: "/a%2520b" },
  "an unknown procedure": get("nowhere"),
  "an unknown procedure with input": get("nowhere", { a: 1 }),
  "no path": { target: "/" },
  "slashes around the path": { target: "/hello/" },
  "more slashes": { target: "/hello//" },
  "a path inside the path": { target: "/hello/there" },
  "names that every object has": get("constructor"),
  "a prototype name": get("__proto__"),
  "a query by POST": post("echo", { a: 1 }),
  "a mutation by GET": get("save", { id: "x" }),
  "a mutation": post("save", { id: "x" }),
  "a mutation whose input fails its check": post("save", { id: 1 }),
  "a mutation without a body": post("touch"),
  "a mutation with a body that nobody reads": post("touch", long),
  "a mutation with an empty body": post("store"),
  "a body with a byte order mark": { ...post("store"), body: Buffer.from('\ufeff{"a":1}') },
  "a body that is not UTF-8": {
    ...post("store"),
    body: Buffer.from([0x22, 0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80, 0x22]),
  },
  "a body that is no JSON": { ...post("store"), body: "{" },
  "a body of white space": { ...post("store"), body: "  " },
  "a large body": post("store", long),
  "a very large body": post("store", "z".repeat(300_000)),
  "a charset": post("store", "ü", "application/json; charset=utf-8"),
  "another charset": post("store", "ü", "application/json;charset=iso-8859-1"),
  "a media type in capitals": post("store", 1, "Application/JSON ; Charset=UTF-8"),
  "white space around a media type": post("store", 1, "  application/json  "),
  "GET with a JSON content type": { ...get("echo", 1), headers: [["content-type", "application/json"]] },
  "GET with a body": { ...get("echo", 1), body: '"ignored"' },
  "an Accept header": { ...get("hello"), headers: [["Accept", "application/json, */*;q=0.1"]] },
  "another trpc-accept": { ...get("hello"), headers: [["trpc-accept", "text/event-stream"]] },
  "trpc-accept before Accept": {
    ...get("hello"),
    headers: [
      ["trpc-accept", "other"],
      ["accept", "application/jsonl"],
    ],
  },
  "x-trpc-source": { ...get("hello"), headers: [["x-trpc-source", "react"]] },
  "a header with Latin-1 characters": { ...get("hello"), headers: [["x-name", "\u00fc"]] },
  "a header named like a prototype": { ...get("hello"), headers: [["__proto__", "x"]] },
  "another host": { ...get("hello"), headers: [["Host", "example.com:8080"]] },
  "an empty connection header": { ...get("hello"), headers: [["Connection", "close"]] },
  "a batch of one": get("hello", undefined, "batch=1"),
  "a batch": get("hello,echo,who", { 1: { a: 1 } }, "batch=1"),
  "a batch with errors": get("hello,nowhere,strict", { 2: { id: "" } }, "batch=1"),
  "a batch of the same errors": get("nowhere,elsewhere", undefined, "batch=1"),
  "a batch of a query and a mutation": get("hello,touch", undefined, "batch=1"),
  "a batch of mutations by GET": get("touch,touch", undefined, "batch=1"),
  "a batch of mutations": post("save,store,touch?batch=1", { 0: { id: "a" }, 1: 2 }),
  "a batch of queries by POST": post("echo,echo?batch=1", { 0: 1 }),
  "a batch with inputs in a list": get("echo,echo", [1, 2], "batch=1"),
  "a batch with inputs of null": get("echo,echo", null, "batch=1"),
  "a batch with inputs of text": get("echo,echo", "text", "batch=1"),
  "a batch with an input too many": get("echo", { 0: 1, 1: 2, x: 3 }, "batch=1"),
  "a batch whose inputs are no JSON": get("echo,hello", undefined, "batch=1&input=%7B"),
  "a batch without paths": { target: "/?batch=1" },
  "a batch with an empty path": get("hello,,hello", undefined, "batch=1"),
  "a batch with escaped commas": get("hello%2Cwho", undefined, "batch=1"),
  "commas without a batch": get("hello,who"),
  "another batch flag": get("hello,who", undefined, "batch=true"),
  "a batch with outputs that need a stream": get(
    "output,output,hello",
    { 0: "promise", 1: "asyncIterable" },
    "batch=1",
  ),
  "a batch with an output that is no JSON": get("output,hello", { 0: "circular" }, "batch=1"),
  "a long batch": get(Array(50).fill("hello").join(","), undefined, "batch=1"),
  "a batch that sets a status": get("deed,hello", { 0: "created" }, "batch=1"),
  ...each("the output", Object.keys(outputs), (name) => get("output", name)),
  ...each("a thrown", Object.keys(thrown), (name) => get("throw", name)),
  ...each("a mutation's thrown", Object.keys(thrown), (name) => post("fail", name)),
  ...each("the code", errorCodes, (code) => get("code", code)),
  "an unknown code": get("code", "MADE_UP"),
};

/** Requests that tRPC's handler or node is to answer, or that leave our own answer without a length or a `vary`. */
const others: Record<string, RequestSpelling> = {
  HEAD: { method: "HEAD", target: "/hello" },
  "HEAD of nothing": { method: "HEAD", target: "/nowhere?input=%" },
  "HEAD with an odd target": { method: "HEAD", target: "/../hello" },
  ...each("the method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"], (method) => ({
    method,
    target: "/hello",
    headers: [["content-type", "application/json"]],
  })),
  "PUT with a body": { ...post("store", 1), method: "PUT" },
  "OPTIONS of everything": { method: "OPTIONS", target: "*" },
  "POST without a content type": { method: "POST", target: "/store", body: "1" },
  "POST of text": post("store", 1, "text/plain"),
  "POST of nearly JSON": post("store", 1, "application/json-seq"),
  "POST of two types": post("store", 1, "application/json, text/plain"),
  "POST of an empty type": post("store", 1, ""),
  "GET with form data": { ...get("hello"), headers: [["content-type", "multipart/form-data"]] },
  "GET with an odd content type": { ...get("hello"), headers: [["content-type", "text/plain"]] },
  "form data": {
    method: "POST",
    target: "/upload",
    headers: [["content-type", "multipart/form-data; boundary=b"]],
    body: '--b\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue\r\n--b--\r\n',
  },
  "an octet stream": {
    method: "POST",
    target: "/octets",
    headers: [["content-type", "application/octet-stream"]],
    body: Buffer.from([0, 1, 2, 255]),
  },
  "a streamed batch": {
    ...get("hello,echo,output", { 1: 1, 2: "promise" }, "batch=1"),
    headers: [["trpc-accept", "application/jsonl"]],
  },
  "a streamed batch by Accept": {
    ...get("hello,nowhere", undefined, "batch=1"),
    headers: [["Accept", "text/html , application/jsonl"]],
  },
  "a stream without a batch": { ...get("hello"), headers: [["trpc-accept", "application/jsonl"]] },
  "a subscription": get("ticks"),
  "a subscription that resumes": { ...get("ticks"), headers: [["last-event-id", "1"]] },
  "a subscription by POST": post("ticks", 1),
  "a batch of subscriptions": get("ticks,ticks", undefined, "batch=1"),
  "a subscription among queries": get("hello,ticks", undefined, "batch=1"),
  "an invalid escape in the path": { target: "/%zz" },
  "half a character in the path": { target: "/%C3" },
  "a dot segment": { target: "/a/../hello" },
  "an escaped dot segment": { target: "/a/%2E%2e/hello" },
  "a hidden name": { target: "/.hidden" },
  "a backslash": { target: "/a\\..\\hello" },
  "a target with a host": { target: "http://elsewhere.example/hello" },
  "a target with credentials": { target: "http://a:b@elsewhere.example/hello" },
  "a target that is relative to the scheme": { target: "//hello" },
  "a target that is no URL": { target: "http://[" },
  "a fragment": { target: "/hello#there" },
  "a fragment in the query": { target: "/echo?input=1#there" },
  "brackets in the path": { target: "/hello[]{}|" },
  "a host that is none": { ...get("hello"), headers: [["Host", "a b"]] },
  "an empty host": { ...get("hello"), headers: [["Host", ""]] },
  "a host with a bad port": { ...get("hello"), headers: [["Host", "example.com:99999"]] },
  "a host with credentials": { ...get("hello"), headers: [["Host", "a:b@example.com"]] },
  "a host with a path": { ...get("hello"), headers: [["Host", "example.com/path?query"]] },
  "HTTP/1.0": { ...get("hello"), version: "1.0" },
  "HTTP/1.0 kept alive": { ...get("hello"), version: "1.0", headers: [["Connection", "keep-alive"]] },
  "HTTP/1.0 with a body": { ...post("store", 1), version: "1.0" },
  "HTTP/9.9": { ...get("hello"), version: "9.9" },
  "two lengths": { ...post("store", 1), headers: [["content-length", "1"]] },
  ...each("an answer touched by", Object.keys(deeds), (name) => get("deed", name)),
};

function each(
  what: string,
  names: readonly string[],
  make: (name: string) => RequestSpelling,
): Record<string, RequestSpelling> {
  return Object.fromEntries(names.map((name) => [`${what} ${name}`, make(name)]));
}

/** Puts a request under another base path. */
function under(basePath: string, request: RequestSpelling): RequestSpelling {
  return request.target.startsWith("/") ? { ...request, target: basePath + request.target } : request;
}

describe("answers byte for byte as tRPC's handler does", () => {
  for (const [name, setup] of Object.entries(setups)) {
    it(`set up as ${name}`, async () => {
      await using pair = await startPair(setup);
      for (const [request, spelling] of Object.entries({ ...own, ...others })) {
        const target = name === "basePath" ? under("/api/trpc", spelling) : spelling;
        await expectSame(pair, spell(target)).catch((cause: unknown) => {
          throw new Error(`${request}: ${cause instanceof Error ? cause.message : cause}`, { cause });
        });
      }
    });
  }

  it("with a base path that requests do not have", async () => {
    await using pair = await startPair(setups.basePath);
    for (const request of Object.values(own)) await expectSame(pair, spell(request));
  });
});

it("answers JSON calls itself", async () => {
  await using pair = await startPair(setups.plain);
  const handedOver: string[] = [];
  for (const [name, request] of Object.entries(own)) {
    if (!isOwnAnswer(await expectSame(pair, spell(request)))) handedOver.push(name);
  }
  expect(handedOver).toEqual([]);
});
