import { createServer } from "node:net";
import { join } from "node:path";
import { findEmulator, findServer, root } from "./processes.ts";
import { startRegeneration } from "./regenerate.ts";
import { startReloading } from "./startReloading.ts";

const say = (line = ""): void => console.log(line);

/** Programs run from their sources, and start anew when a file of these packages changes. */
const fromSource = "--conditions=@cosmos-trpc/source";
const sourcesOf = (...packages: string[]): string[] => packages.map((name) => join(root, name, "src"));

/** The port, or any free one when something listens there: a restarted program has to come back to the same. */
function choosePort(preferred: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () =>
      preferred === 0 ? reject(new Error("No port is free.")) : resolve(choosePort(0)),
    );
    probe.listen(preferred, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** pino's level of a warning: what is above it is shown. Source: pino's documentation, "levels". */
const warning = 40;

/** Shows what a developer wants to see of the server's log. */
function showLog(line: Record<string, unknown>): void {
  if (Number(line["level"]) >= warning) say(`server: ${String(line["msg"])}`);
  else if (line["msg"] === "listening") say(`server: listening at ${String(line["url"])}`);
}

const stops: (() => unknown)[] = [];

async function start(): Promise<void> {
  const [cosmosPort, identityPort, serverPort] = [
    await choosePort(8081),
    await choosePort(0),
    await choosePort(Number(process.env["PORT"] ?? 3000)),
  ];
  const serverSources = sourcesOf(
    ...["apps/server", "packages/server", "packages/cosmos-core", "packages/trpc-http", "packages/base"],
  );
  const regeneration = startRegeneration(serverSources, say);
  stops.push(regeneration.stop);
  const emulatorProgram = join(root, "packages/cosmos-emulator/src/main.ts");
  const emulator = startReloading(
    "emulator",
    sourcesOf("packages/cosmos-emulator", "packages/cosmos-sql"),
    [
      ...[fromSource, emulatorProgram, "--port", `${cosmosPort}`, "--identity-port", `${identityPort}`],
      ...["--data-dir", join(root, ".cosmos"), "--json"],
    ],
    {},
    findEmulator,
  );
  stops.push(emulator.stop);
  const { endpoint, env } = await emulator.ready;
  const server = startReloading(
    "server",
    serverSources,
    [fromSource, join(root, "apps/server/src/main.ts")],
    { ...env, PORT: `${serverPort}` },
    (line) => {
      showLog(line);
      return findServer(line);
    },
  );
  stops.push(server.stop);
  const serverUrl = await server.ready;
  await regeneration.first;

  const url = serverPort === 3000 ? "" : ` --url ${serverUrl}`;
  const cli = "npx -y pnpm@12 --silent cosmos-trpc";
  say(`
Cosmos DB  ${endpoint}, its data in .cosmos/
Server     ${serverUrl}

Try, in another terminal:
  ${cli} items upsert '{"id":"ada","name":"Ada Lovelace"}'${url}
  ${cli} items get ada${url}

Changed files reload by themselves. Ctrl-C stops.
`);
}

let stopping: Promise<never> | undefined;

/** Stops all, once: a second signal, as a package manager may add to Ctrl-C, must not leave programs behind. */
function stop(): Promise<never> {
  stopping ??= (async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
    process.exit();
  })();
  return stopping;
}

process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());
try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
  await stop();
}
