import { randomUUID } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Account } from "./account.ts";
import { loadCertificates } from "./certificates.ts";
import { openDataFolder } from "./dataFolder.ts";
import { createDataPlane } from "./http/dataPlane.ts";
import { listen, stop } from "./http/listen.ts";
import { createAuthenticate } from "./identity/authenticate.ts";
import { createIdentityEndpoint, managedIdentityPath } from "./identity/identityEndpoint.ts";
import { createIssuer } from "./identity/issuer.ts";
import { wellKnownKey } from "./identity/masterKey.ts";
import { loadSigningKey } from "./identity/signingKey.ts";
import { openStore } from "./store/openStore.ts";

/** What {@link startEmulator} takes; everything has a default. */
export interface EmulatorOptions {
  /** The folder that keeps the data, the certificates and the keys; without one, a folder for this run only. */
  readonly dataDir?: string;
  /** The port of the Cosmos DB endpoint on the loopback interface; 0, the default, takes a free one. */
  readonly port?: number;
  /** The port of the identity endpoint; 0, the default, takes a free one. */
  readonly identityPort?: number;
  /** How many physical partitions a new container has; 1 by default. */
  readonly physicalPartitions?: number;
  /** Called with an error of the emulator's own, which the client saw as a 500. Default: writes it to stderr. */
  readonly onFault?: (error: unknown) => void;
}

/** A running emulator. */
export interface Emulator {
  /** `https://localhost:<port>`: the account's endpoint. */
  readonly endpoint: string;
  /** The certificate authority's file, in PEM: what clients have to trust. */
  readonly caFile: string;
  /** The account's key: the well-known one of every Cosmos DB emulator. */
  readonly key: string;
  /** The issuer of the tokens: OpenID Connect discovery starts below it. */
  readonly issuer: string;
  /**
   * The environment that makes an unmodified `@azure/identity` and `cosmos-core` use this emulator:
   * `COSMOS_ENDPOINT`, `COSMOS_CA_FILE`, `IDENTITY_ENDPOINT`, `IDENTITY_HEADER`, `AZURE_TOKEN_CREDENTIALS`.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Answers what is in flight, then stops. The data stays in its folder. */
  close(): Promise<void>;
}

/** The account's name. Not `localhost`: see {@link Account.id}. */
const accountId = "cosmos-emulator";

/** Keep-alive connections stay open for longer than clients leave them idle, so that none is cut in mid-request. */
const keepAliveTimeout = 120_000;

/**
 * Starts a Cosmos DB with an Entra ID beside it, in this process, on the loopback interface.
 *
 * @throws StartError in one sentence when a port is taken, or the data folder cannot be used or is damaged.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const folder = openDataFolder(options.dataDir);
  const onFault =
    options.onFault ?? ((error) => process.stderr.write(`cosmos-emulator: ${inspect(error)}\n`));
  const undo: (() => unknown)[] = [() => folder.dispose()];
  const takeBack = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= takeBack();
    return closing;
  };
  try {
    const store = openStore(folder.database);
    undo.push(() => store.close());
    const signingKey = loadSigningKey(folder.signingKey);
    // Who needs the key hears when it could not be made; the process goes on without it.
    const keySettled = signingKey.catch(() => undefined);
    undo.push(() => keySettled);
    const { caFile, key, cert } = loadCertificates(folder.certificates);
    const setting = (name: string): string =>
      store.transaction(() => store.catalog.setting(name, () => randomUUID()));

    const identityServer = createHttpServer({ keepAliveTimeout });
    const identityPort = await listen(
      identityServer,
      options.identityPort ?? 0,
      "--identity-port or identityPort",
    );
    undo.push(() => stop(identityServer));
    const identityUrl = `http://localhost:${identityPort}`;
    const issuer = createIssuer(`${identityUrl}/${setting("tenant")}`, setting("tenant"), signingKey);
    const identity = { clientId: setting("client"), principalId: setting("principal") };
    const secret = setting("identity-header");
    const identityEndpoint = createIdentityEndpoint(issuer, [identity], secret, onFault);
    identityServer.on(
      "request",
      (request, response) => void identityEndpoint(request, response).catch(onFault),
    );

    const server = createHttpsServer({ key, cert, keepAliveTimeout });
    const port = await listen(server, options.port ?? 0, "--port or port");
    undo.push(() => stop(server));
    const endpoint = `https://localhost:${port}`;
    const account: Account = {
      id: accountId,
      store,
      regions: [{ name: "East US", endpoint }],
      physicalPartitions: options.physicalPartitions ?? 1,
    };
    const authenticate = createAuthenticate(issuer, audiences(account));
    const dataPlane = createDataPlane(account, authenticate, onFault);
    server.on("request", (request, response) => void dataPlane(request, response).catch(onFault));

    const env = {
      COSMOS_ENDPOINT: endpoint,
      COSMOS_CA_FILE: caFile,
      IDENTITY_ENDPOINT: `${identityUrl}${managedIdentityPath}`,
      IDENTITY_HEADER: secret,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    };
    return { endpoint, caFile, key: wellKnownKey, issuer: issuer.url, env, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The audiences of tokens for this account: its endpoints, the service as a whole, and the name that the account
 * would have in Azure. Source: `@azure/cosmos`, ClientContext.js (the endpoint's scope, and the fallback).
 */
function audiences({ id, regions }: Account): string[] {
  const names = [
    "https://cosmos.azure.com",
    `https://${id}.documents.azure.com`,
    ...regions.map(({ endpoint }) => endpoint),
  ];
  return names.flatMap((name) => [name, `${name}/`]);
}

const inspect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
