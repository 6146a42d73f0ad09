import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { ConfigurationError, readConfiguration, resourceName } from "../src/index.ts";

const account = "https://shop.documents.azure.com";
const key = "c2VjcmV0IGtleSBvZiBhbiBhY2NvdW50IQ==";

/** The environment of a server with a variable of its own. */
const read = (env: NodeJS.ProcessEnv) => {
  const { cosmos, own } = readConfiguration(env, { COSMOS_CONTAINER: resourceName.default("items") });
  return { ...cosmos, container: own.COSMOS_CONTAINER };
};

function mistakes(env: NodeJS.ProcessEnv): ConfigurationError {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the environment was accepted");
}

test("has defaults for everything but the endpoint", () => {
  expect(read({ COSMOS_ENDPOINT: `${account}:443/` })).toEqual({
    endpoint: { url: account, isLoopback: false },
    database: "appdb",
    container: "items",
    preferredLocations: [],
    caFile: undefined,
  });
});

test("reads every variable", () => {
  const caFile = join(tmpdir(), `environment-${process.pid}.pem`);
  writeFileSync(caFile, rootCertificates[0] ?? "");
  onTestFinished(() => rmSync(caFile));
  const configuration = read({
    COSMOS_ENDPOINT: "https://localhost:8081",
    COSMOS_DATABASE: "shop",
    COSMOS_CONTAINER: "orders",
    COSMOS_PREFERRED_LOCATIONS: " West Europe, ,North Europe,",
    COSMOS_CA_FILE: caFile,
    AZURE_CLIENT_ID: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
  });
  expect(configuration).toEqual({
    endpoint: { url: "https://localhost:8081", isLoopback: true },
    database: "shop",
    container: "orders",
    preferredLocations: ["West Europe", "North Europe"],
    caFile,
  });
});

test("a variable set to nothing, or to spaces, counts as not set", () => {
  const configuration = read({
    COSMOS_ENDPOINT: account,
    COSMOS_DATABASE: "",
    COSMOS_CONTAINER: "  ",
    COSMOS_PREFERRED_LOCATIONS: "",
    COSMOS_CA_FILE: "",
    AZURE_CLIENT_ID: "",
  });
  expect(configuration).toMatchObject({ database: "appdb", container: "items", caFile: undefined });
  expect(mistakes({ COSMOS_ENDPOINT: " " }).problems).toEqual([
    "COSMOS_ENDPOINT is missing: set it to the account's endpoint, https://<account>.documents.azure.com",
  ]);
});

test("one message names three mistakes, each with its variable, its value and what to do", () => {
  const { message, problems } = mistakes({
    COSMOS_ENDPOINT: "http://localhost:8081",
    COSMOS_CA_FILE: "/no/such/ca.pem",
    AZURE_CLIENT_ID: "my-app",
  });
  expect(problems).toHaveLength(3);
  expect(message).toBe(
    [
      "The environment has 3 mistakes:",
      '  - COSMOS_ENDPOINT="http://localhost:8081" has to begin with https://, since the SDK sends no token over plain HTTP',
      '  - COSMOS_CA_FILE="/no/such/ca.pem" names a file that cannot be read or holds no certificate: set it to a certificate authority\'s PEM file, or unset it',
      '  - AZURE_CLIENT_ID="my-app" has to be the client id of a user-assigned managed identity, a GUID; unset it for the system-assigned one',
    ].join("\n"),
  );
});

test.each([tmpdir(), import.meta.filename])("refuses %s for a certificate authority", (file) => {
  const { problems } = mistakes({ COSMOS_ENDPOINT: account, COSMOS_CA_FILE: file });
  expect(problems).toEqual([expect.stringContaining("holds no certificate")]);
});

test.each(["a/b", "a\\b", "a?b", "a#b", "a".repeat(256)])("refuses the name %j", (name) => {
  const { message } = mistakes({ COSMOS_ENDPOINT: account, COSMOS_DATABASE: name, COSMOS_CONTAINER: name });
  expect(message).toContain("The environment has 2 mistakes");
  expect(message).toContain(`COSMOS_DATABASE=${JSON.stringify(name)} has to have 1 to 255 characters`);
  expect(message).toContain("COSMOS_CONTAINER=");
});

test.each([
  `AccountEndpoint=${account}:443/;AccountKey=${key};`,
  `accountkey=${key};accountendpoint=${account}`,
  `https://user:${key}@shop.documents.azure.com`,
  // The name of a machine somewhere else that only begins like this one.
  `AccountEndpoint=https://localhost.example.com/;AccountKey=${key}`,
])("refuses an account's key without showing it: %s", (value) => {
  const { message } = mistakes({ COSMOS_ENDPOINT: value });
  expect(message).toContain("COSMOS_ENDPOINT");
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
  expect(read({ COSMOS_ENDPOINT: value }).endpoint).toEqual({
    url,
    isLoopback: true,
    key,
  });
  expect(read({ COSMOS_ENDPOINT: address }).endpoint).toEqual({ url, isLoopback: true });
});

test.each([
  ["shop.documents.azure.com", "is no URL: set it to the account's endpoint"],
  [`AccountKey=${key}`, "is a connection string without AccountEndpoint"],
  ["AccountEndpoint=nowhere;AccountKey=", "is no URL"],
  ["ftp://localhost", "has to begin with https://"],
])("says what is wrong with the endpoint %s", (value, problem) => {
  const { message } = mistakes({ COSMOS_ENDPOINT: value });
  expect(message).toContain(problem);
  expect(message).not.toContain(key);
});
