import { expect, test } from "vitest";
import { createCosmosClient, createCredential, type Endpoint, parseEndpoint } from "../src/index.ts";

const account = "https://shop.documents.azure.com";
const key = "c2VjcmV0IGtleSBvZiBhbiBhY2NvdW50IQ==";

test("an account's endpoint is read, with its port or without", () => {
  const expected: Endpoint = { url: account, isLoopback: false };
  for (const text of [account, `${account}/`, `${account}:443/`])
    expect(parseEndpoint(text)).toEqual(expected);
});

test.each([
  `AccountEndpoint=${account}:443/;AccountKey=${key};`,
  `accountkey=${key};accountendpoint=${account}`,
  `https://user:${key}@shop.documents.azure.com`,
  // The name of a machine somewhere else that only begins like this one.
  `AccountEndpoint=https://localhost.example.com/;AccountKey=${key}`,
])("refuses an account's key without showing it: %s", (value) => {
  const message = parseEndpoint(value);
  expect(message).toContain("carries an account key");
  expect(message).toContain("managed identity");
  expect(message).not.toContain(key);
});

test.each([
  ["https://localhost:8081", "https://localhost:8081"],
  ["https://127.0.0.1:8081/", "https://127.0.0.1:8081"],
  ["https://[::1]:8081", "https://[::1]:8081"],
  ["https://emulator.localhost", "https://emulator.localhost"],
])("%s is on this machine and may have a key", (address, url) => {
  const value = `AccountEndpoint=${address};AccountKey=${key};`;
  expect(parseEndpoint(value)).toEqual({
    url,
    isLoopback: true,
    key,
  });
  expect(parseEndpoint(address)).toEqual({ url, isLoopback: true });
});

test.each([
  ["shop.documents.azure.com", "is no URL: set it to the account's endpoint"],
  [`AccountKey=${key}`, "is a connection string without AccountEndpoint"],
  ["AccountEndpoint=nowhere;AccountKey=", "is no URL"],
  ["ftp://localhost", "has to begin with https://"],
])("says what is wrong with the endpoint %s", (value, problem) => {
  const message = parseEndpoint(value);
  expect(message).toContain(problem);
  expect(message).not.toContain(key);
  expect(() => createCosmosClient({ endpoint: value }, createCredential())).toThrow(
    `The endpoint ${message}.`,
  );
});
