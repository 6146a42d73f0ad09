import { createServer } from "node:net";
import { join } from "node:path";
import { findEmulator, findServer, type Running, root, startProgram } from "./processes.ts";

const say = (line = ""): void => console.log(line);

/**
 * Programs run from their sources and start anew when a file in one of these folders changes. Whole folders, since
 * node forgets a file that it could not parse, and its correction would start nothing.
 */
const watched = (...folders: string[]): string[] => [
  ...folders.map((folder) => `--watch-path=${join(root, folder, "src")}`),
  "--watch-preserve-output",
  "--conditions=@cosmos-trpc/source",
];

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

const running: Running<unknown>[] = [];

async function start(): Promise<void> {
  const [cosmosPort, identityPort, serverPort] = [
    await choosePort(8081),
    await choosePort(0),
    await choosePort(Number(process.env["PORT"] ?? 3000)),
  ];
  const complain = (text: string): void => void process.stderr.write(text);
  const serverFolders = ["apps/server", "packages/server", "packages/cosmos-core", "packages/trpc-http"];
  const regenerating = startProgram(
    [...watched(...serverFolders), join(root, "scripts/src/regenerate.ts")],
    {},
    (line) => (typeof line["isDone"] === "boolean" ? line["isDone"] : undefined),
    complain,
  );
  const emulator = await startProgram(
    [
      ...watched("packages/cosmos-emulator", "packages/cosmos-sql"),
      join(root, "packages/cosmos-emulator/src/main.ts"),
      ...["--port", `${cosmosPort}`, "--identity-port", `${identityPort}`],
      ...["--data-dir", join(root, ".cosmos"), "--json"],
    ],
    {},
    findEmulator,
    complain,
  );
  running.push(emulator);
  const server = await startProgram(
    [...watched(...serverFolders), join(root, "apps/server/src/main.ts")],
    { ...emulator.ready.env, PORT: `${serverPort}` },
    (line) => {
      showLog(line);
      return findServer(line);
    },
    complain,
  );
  running.push(server, await regenerating);

  const url = serverPort === 3000 ? "" : ` --url ${server.ready}`;
  const cli = "npx -y pnpm@12 --silent cosmos-trpc";
  say(`
Cosmos DB  ${emulator.ready.endpoint}, its data in .cosmos/
Server     ${server.ready}

Try, in another terminal:
  ${cli} items upsert '{"id":"ada","name":"Ada Lovelace"}'${url}
  ${cli} items get ada${url}

Changed files reload by themselves. Ctrl-C stops.
`);
}

async function stop(): Promise<void> {
  for (const program of running.splice(0).reverse()) await program.stop();
  process.exit();
}

process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());
try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
  await stop();
}
