import { randomUUID } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Account } from "./account.ts";
import { adminPath, createAdminEndpoint } from "./admin/adminEndpoint.ts";
import { faultRoutes } from "./admin/faultRoutes.ts";
import { roleRoutes } from "./admin/roleRoutes.ts";
import { loadCertificates } from "./certificates.ts";
import { openDataFolder } from "./dataFolder.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { createDelays } from "./faults/delays.ts";
import { createFaults } from "./faults/faults.ts";
import { createDataPlane } from "./http/dataPlane.ts";
import { listen, stop } from "./http/listen.ts";
import { createAuthenticate } from "./identity/authenticate.ts";
import { createIdentityEndpoint, managedIdentityPath } from "./identity/identityEndpoint.ts";
import { createIssuer } from "./identity/issuer.ts";
import { wellKnownKey } from "./identity/masterKey.ts";
import { loadSigningKey } from "./identity/signingKey.ts";
import { createTenant } from "./identity/tenant.ts";
import { openStore } from "./store/openStore.ts";

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
    const { caFile, key, cert } = await loadCertificates(folder.certificates);
    const setting = (name: string): string =>
      store.transaction(() => store.catalog.setting(name, () => randomUUID()));

    const tenant = createTenant(options, setting);
    const identityServer = createHttpServer({ keepAliveTimeout });
    const identityPort = await listen(
      identityServer,
      options.identityPort ?? 0,
      "--identity-port or identityPort",
    );
    undo.push(() => stop(identityServer));
    const identityUrl = `http://localhost:${identityPort}`;
    const issuer = createIssuer(`${identityUrl}/${setting("tenant")}`, setting("tenant"), signingKey);
    const secret = setting("identity-header");
    const regionNames = ["East US"];
    const faults = createFaults(regionNames);
    const delays = createDelays();
    const adminSecret = setting("admin-header");
    const routes = [...faultRoutes(faults), ...roleRoutes(tenant.roles)];
    const admin = createAdminEndpoint(routes, adminSecret);
    const identityEndpoint = createIdentityEndpoint(issuer, tenant.directory, secret, admin, onFault);
    identityServer.on(
      "request",
      (request, response) => void identityEndpoint(request, response).catch(onFault),
    );

    const server = createHttpsServer({ key, cert, keepAliveTimeout });
    const port = await listen(server, options.port ?? 0, "--port or port");
    undo.push(() => stop(server));
    undo.push(() => delays.end());
    const endpoint = `https://localhost:${port}`;
    const region = { name: "East US", endpoint };
    const account: Account = {
      id: accountId,
      store,
      regions: [region],
      region,
      physicalPartitions: options.physicalPartitions ?? 1,
    };
    const authenticate = createAuthenticate(issuer, audiences(account));
    const dataPlane = createDataPlane({
      account,
      authenticate,
      roles: tenant.roles,
      faults,
      delays,
      onFault,
    });
    server.on("request", (request, response) => void dataPlane(request, response).catch(onFault));

    const env = {
      COSMOS_ENDPOINT: endpoint,
      COSMOS_CA_FILE: caFile,
      IDENTITY_ENDPOINT: `${identityUrl}${managedIdentityPath}`,
      IDENTITY_HEADER: secret,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      COSMOS_EMULATOR_ADMIN_ENDPOINT: `${identityUrl}${adminPath}`,
      COSMOS_EMULATOR_ADMIN_SECRET: adminSecret,
    };
    return {
      endpoint,
      caFile,
      key: wellKnownKey,
      issuer: issuer.url,
      env,
      roles: tenant.roles,
      principals: tenant,
      faults,
      close,
    };
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
