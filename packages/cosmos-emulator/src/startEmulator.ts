import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Account } from "./account.ts";
import { adminPath, createAdminEndpoint } from "./admin/adminEndpoint.ts";
import { faultRoutes } from "./admin/faultRoutes.ts";
import { regionRoutes } from "./admin/regionRoutes.ts";
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
import { attachRegion, type Serve } from "./regions/regionListener.ts";
import { createRegions, type RunningRegion } from "./regions/regions.ts";
import { openStore } from "./store/openStore.ts";
import { createThrottle } from "./throughput/throttle.ts";

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
    const regions = createRegions(options.regions ?? [{ name: "East US" }]);
    const store = openStore(folder.database, regions.longestLag);
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
    const faults = createFaults(regions.running.map(({ name }) => name));
    const delays = createDelays();
    const adminSecret = setting("admin-header");
    const routes = [...faultRoutes(faults), ...regionRoutes(regions), ...roleRoutes(tenant.roles)];
    const admin = createAdminEndpoint(routes, adminSecret);
    const identityEndpoint = createIdentityEndpoint(issuer, tenant.directory, secret, admin, onFault);
    identityServer.on(
      "request",
      (request, response) => void identityEndpoint(request, response).catch(onFault),
    );

    const openListener = async (wanted: number, option: string): Promise<[Server, string]> => {
      const server = createHttpsServer({ key, cert, keepAliveTimeout });
      const port = await listen(server, wanted, option);
      undo.push(() => stop(server));
      return [server, `https://localhost:${port}`];
    };
    const [server, endpoint] = await openListener(options.port ?? 0, "--port or port");
    const listeners = new Map<RunningRegion, Server>();
    for (const region of regions.running) {
      if (options.regions === undefined) {
        region.endpoint = endpoint;
        continue;
      }
      const opened = await openListener(region.port, `the port of region '${region.name}'`);
      listeners.set(region, opened[0]);
      region.endpoint = opened[1];
    }
    const endpoints = new Set([endpoint, ...regions.running.map((region) => region.endpoint)]);
    const authenticate = createAuthenticate(issuer, audiences([...endpoints]));
    const throttle = options.enforceThroughput === true ? createThrottle() : undefined;
    const planes = new Map(
      regions.running.map((region) => {
        const account: Account = {
          id: accountId,
          store,
          get regions() {
            return regions.order();
          },
          region,
          view: region.view,
          physicalPartitions: options.physicalPartitions ?? 1,
        };
        const parts = { account, authenticate, roles: tenant.roles, faults, delays, throttle, onFault };
        return [region, createDataPlane(parts)] as const;
      }),
    );
    const planeOf = (region: RunningRegion): Serve => planes.get(region) as Serve;
    const cutMain = attachRegion(server, regions.writeRegion, planeOf, onFault);
    for (const region of regions.running) {
      const listener = listeners.get(region);
      const cut = listener && attachRegion(listener, () => region, planeOf, onFault);
      region.cut = () => {
        cutMain();
        cut?.();
      };
    }
    // What waits or hangs is let go, so that the listeners can stop.
    undo.push(() => {
      delays.end();
      for (const region of regions.running) region.cut();
    });

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
      regions,
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
function audiences(endpoints: readonly string[]): string[] {
  const names = ["https://cosmos.azure.com", `https://${accountId}.documents.azure.com`, ...endpoints];
  return names.flatMap((name) => [name, `${name}/`]);
}

const inspect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
