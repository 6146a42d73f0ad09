import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createClient } from "./example/cli.ts";
import { programs, surroundings, useServer } from "./runningCli.ts";
import { testFolder } from "./testFolder.ts";

const { url } = useServer();

/** More items than a pipe holds, of many pages. */
const ids = Array.from({ length: 4_000 }, (_, n) => `item ${n}`);
const data = { padding: "x".repeat(200) };

beforeAll(async () => {
  const { items } = createClient({ url: url() });
  for (let from = 0; from < ids.length; from += 1_000) {
    const group = ids.slice(from, from + 1_000).map((id) => ({ id, pk: "piped", data }));
    await items.bulk.mutate({ items: group });
  }
});

/** Passes requests on to the server, and counts them. */
async function startCounter() {
  let count = 0;
  const { host } = new URL(url());
  const proxy = createServer((incoming, response) => {
    count += 1;
    const { method, headers, url: path } = incoming;
    const outgoing = request(`http://${host}${path}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  await once(proxy, "listening");
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, count: () => count };
}

/** Runs a pipeline of the shell, whose first part is the CLI. @returns what came out of it, and the CLI's exit code */
async function pipeline(address: string, args: readonly string[], rest: string, input = "") {
  const words = [process.execPath, programs.cli, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = spawn("bash", ["-c", `${words.join(" ")} | ${rest}; echo "code \${PIPESTATUS[0]}"`], {
    env: { ...surroundings(), COSMOS_TRPC_URL: address },
    stdio: "pipe",
  });
  child.stdin.on("error", () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const lines = stdout.trimEnd().split("\n");
  return { code: lines.pop(), lines, stderr };
}

describe("a pipe whose reader has had enough ends the command at once, quietly, with 0:", () => {
  test.each([
    ["list", ["items", "list", "--all"]],
    ["list --json", ["items", "list", "--all", "--json", "--pk", "piped"]],
    ["export", ["items", "export"]],
    ["export of CSV", ["items", "export", "--format", "csv"]],
  ])("%s, which asks for no further page", async (_name, args) => {
    const counter = await startCounter();
    const run = await pipeline(counter.url, args, "head -n 1");
    expect(run).toMatchObject({ code: "code 0", stderr: "", lines: [expect.any(String)] });
    expect(counter.count()).toBeLessThan(4);
  });

  test("get of many", async () => {
    const counter = await startCounter();
    const run = await pipeline(
      counter.url,
      ["items", "get", "--json", "--pk", "piped", ...ids.slice(0, 2_500)],
      "head -n 1",
    );
    expect(run).toMatchObject({ code: "code 0", stderr: "", lines: [expect.stringContaining('"item 0"')] });
    expect(counter.count()).toBeLessThan(10);
  });

  test("import --dry-run of an input that does not end", async () => {
    const endless = `yes '{"id":"a","data":{"padding":"${"x".repeat(200)}"}}'`;
    const words = `${process.execPath} ${programs.cli} items import - --format ndjson --dry-run`;
    const child = spawn("bash", ["-c", `${endless} | ${words} | head -n 2; echo "code \${PIPESTATUS[1]}"`], {
      env: surroundings(),
    });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("code 0");
    expect(stderr).toBe("");
  });

  test("watch, while changes come", async () => {
    const { items } = createClient({ url: url() });
    let isEnded = false;
    const write = async (): Promise<void> => {
      for (let n = 0; !isEnded; n += 1)
        await items.upsert.mutate({ id: "changing", pk: "changing", data: { n } });
    };
    const writing = write();
    const run = await pipeline(url(), ["items", "watch", "--pk", "changing"], "head -n 2");
    isEnded = true;
    await writing;
    expect(run).toMatchObject({ code: "code 0", stderr: "" });
    expect(run.lines).toHaveLength(2);
  });

  // Linux alone lets it be known without a write.
  test.skipIf(process.platform !== "linux")("watch, when no change comes any more", async () => {
    const cursor = testFolder()("cursor");
    const args = ["items", "watch", "--since", "beginning", "--pk", "piped", "--cursor-file", cursor];
    const run = await pipeline(url(), args, "head -n 2");
    expect(run).toMatchObject({ code: "code 0", stderr: "" });
    expect(run.lines).toHaveLength(2);
  });
});

test("an import goes on when nobody reads its figures", async () => {
  const input = Array.from({ length: 100 }, (_, n) => `{"id":"piped-${n}"}`).join("\n");
  const run = await pipeline(url(), ["items", "import", "-", "--format", "ndjson", "--json"], "true", input);
  expect(run).toEqual({ code: "code 0", lines: [], stderr: "" });
  expect(await createClient({ url: url() }).items.get.query({ id: "piped-99" })).toMatchObject({
    id: "piped-99",
  });
});

test("a pipe that is read to its end has everything", async () => {
  const run = await pipeline(url(), ["items", "list", "--all", "--pk", "piped"], "wc -l");
  expect(run).toMatchObject({ code: "code 0", lines: [String(ids.length)], stderr: "" });
});
