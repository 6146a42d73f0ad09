import { once } from "node:events";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { initTRPC, TRPCError, tracked } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { chromium } from "playwright-core";
import { build } from "vite";

/**
 * Runs the built client, bundled by Vite, in a headless Chromium: `CHROMIUM`, or one on the `PATH`. Exit codes: 0 all as
 * it should be, 1 not so, 2 no Chromium.
 */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [
    process.env["CHROMIUM"] ?? "",
    ...folders.flatMap((at) => names.map((name) => join(at, name))),
  ];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return path !== "";
    } catch {
      return false;
    }
  });
}

const cuts = 100;
const last = 5_000;
const t = initTRPC.create({
  isDev: false,
  // The real server's formatter names the reason.
  errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, reason: "misconfigured" as const } }),
});
const anything = t.procedure.input((input) => input as { id?: string; lastEventId?: string });
const trpc = createHTTPHandler({
  router: t.router({
    items: t.router({
      get: anything.query(({ input }) => ({ id: input.id })),
      watch: anything.subscription(async function* ({ input }) {
        if (input.id === "refused") throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "No." });
        for (let n = Number(input.lastEventId ?? 0) + 1; n <= last; n += 1) {
          yield tracked(String(n), n);
          // It leaves time to the request with which the page has its own connection cut.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    }),
  }),
  basePath: "/trpc/",
  allowMethodOverride: true,
});

/** What answers in the API's place, by the path before `/trpc`, and the reason that the client is to give. */
const strangers: Readonly<
  Record<string, readonly [reason: string, answer: (response: ServerResponse) => void]>
> = {
  "/html": [
    "not-this-api",
    (to) => to.writeHead(200, { "content-type": "text/html" }).end("<title>Sign in</title>"),
  ],
  "/stranger": [
    "not-this-api",
    (to) => to.writeHead(200, { "content-type": "application/json" }).end('{\n  "status": "ok"\n}\n'),
  ],
  "/gateway": [
    "gateway",
    (to) => to.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
  ],
  "/login": ["redirected", (to) => to.writeHead(302, { location: "https://login.example.com/" }).end()],
  "/expired": ["unauthorized", (to) => to.writeHead(401).end()],
  "/cut": [
    "truncated",
    (to) => {
      to.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      to.write('{"result":', () => to.socket?.end());
    },
  ],
  "/nobody": ["unreachable", (to) => to.destroy()],
  "/silent": ["timeout", () => undefined],
};

/** An hour that the server's clock is ahead: a date in Retry-After is to be counted by that clock. */
const hour = 3_600_000;
let askedLater = 0;
function later(response: ServerResponse): void {
  askedLater += 1;
  const headers = { "content-type": "application/json" };
  if (askedLater > 1) {
    response.writeHead(200, headers).end('{"result":{"data":{"id":"later"}}}');
    return;
  }
  const now = Date.now() + hour;
  const [date, after] = [now, now + 1_000].map((time) => new Date(time).toUTCString());
  response.writeHead(503, { date, "retry-after": after }).end();
}

const page = `
import { createApiClient as createClient, isApiError } from "@cosmos-trpc/client";
const reasonOf = (call) => call.then(() => "none", (error) => isApiError(error) ? error.reason : String(error));
const get = (options) => createClient(options).items.get.query({ id: "a" });
window.run = async (paths) => {
  const reasons = {};
  for (const path of paths) reasons[path] = await reasonOf(get({ url: path, timeout: path === "/silent" ? 200 : 10_000 }));
  const { items } = createClient({ url: "/" });
  const batch = await Promise.all(["a", "b"].map((id) => items.get.query({ id })));
  const stranger = createClient({ url: "/stranger" }).items;
  const strangerBatch = await Promise.all(["a", "b"].map((id) => reasonOf(stranger.get.query({ id }))));
  const long = "x".repeat(5_000);
  const longQuery = (await items.get.query({ id: long })).id === long;
  const clock = await get({ url: "/later" });
  const refused = await new Promise((resolve) => items.watch.subscribe({ id: "refused" }, {
    onError: (error) => resolve(isApiError(error) ? error.reason : String(error)),
  }));
  const rejects = await reasonOf(get({ url: "/", getToken: () => Promise.reject(new Error("no")) }));
  const hangs = await reasonOf(get({ url: "/", timeout: 200, getToken: () => new Promise(() => {}) }));
  const seen = [];
  let cuts = 0;
  let connections = 0;
  await new Promise((resolve, reject) => items.watch.subscribe({}, {
    onConnectionStateChange: ({ state }) => { connections += state === "pending"; },
    onData: ({ data }) => {
      seen.push(data);
      if (seen.length % 5 === 0 && cuts < ${cuts} && connections > cuts) { cuts += 1; fetch("/cut-watchers"); }
    },
    onError: reject,
    onComplete: resolve,
  }));
  return { reasons, batch, strangerBatch, longQuery, clock, refused, rejects, hangs, cuts, seen };
};
`;

const expected = {
  reasons: Object.fromEntries(Object.entries(strangers).map(([path, [reason]]) => [path, reason])),
  batch: [{ id: "a" }, { id: "b" }],
  strangerBatch: ["not-this-api", "not-this-api"],
  longQuery: true,
  clock: { id: "later" },
  refused: "misconfigured",
  rejects: "no-token",
  hangs: "no-token",
  cuts,
  seen: Array.from({ length: last }, (_, index) => index + 1),
};

async function bundle(folder: string): Promise<string> {
  writeFileSync(join(folder, "page.js"), page);
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: [{ find: "@cosmos-trpc/client", replacement: join(import.meta.dirname, "../../dist/index.js") }],
    },
    build: { lib: { entry: "page.js", formats: ["es"], fileName: () => "bundle.js" } },
  });
  return readFileSync(join(folder, "dist/bundle.js"), "utf8");
}

async function main(executablePath: string): Promise<0 | 1> {
  const folder = mkdtempSync(join(tmpdir(), "client-browser-"));
  const watchers = new Set<ServerResponse>();
  const script = await bundle(folder);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const stranger = strangers[pathname.split("/trpc/", 1)[0] ?? ""];
    if (pathname === "/")
      response.setHeader("content-type", "text/html").end('<script type="module" src="/page.js"></script>');
    else if (pathname === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (pathname === "/cut-watchers") {
      for (const watcher of watchers) watcher.destroy();
      response.end();
    } else if (pathname.startsWith("/later/")) later(response);
    else if (stranger !== undefined) stranger[1](response);
    else {
      if (pathname.endsWith("items.watch")) {
        watchers.add(response);
        response.once("close", () => watchers.delete(response));
      }
      trpc(request, response);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("window.run !== undefined");
    const found: unknown = await tab.evaluate(`window.run(${JSON.stringify(Object.keys(strangers))})`);
    if (isDeepStrictEqual(found, expected)) return 0;
    process.stderr.write(`Expected ${JSON.stringify(expected)}\nFound    ${JSON.stringify(found)}\n`);
    return 1;
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

const executable = findChromium();
if (executable === undefined) {
  process.stderr.write(
    `test:browser needs a Chromium: install one (${names[0]}), or name its executable in CHROMIUM. It installs nothing itself.\n`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = await main(executable);
  if (process.exitCode === 0) process.stdout.write("All as it should be, in Chromium.\n");
}
