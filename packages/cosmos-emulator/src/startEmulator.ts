import { randomUUID } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Account } from "./account.ts";
import { adminPath, createAdminEndpoint } from "./admin/adminEndpoint.ts";
import { faultRoutes } from "./admin/faultRoutes.ts";
import { identityRoutes } from "./admin/identityRoutes.ts";
import { partitionRoutes } from "./admin/partitionRoutes.ts";
import { principalRoutes } from "./admin/principalRoutes.ts";
import { regionRoutes } from "./admin/regionRoutes.ts";
import { roleRoutes } from "./admin/roleRoutes.ts";
import { loadCertificates } from "./certificates.ts";
import { createCleanup } from "./cleanup.ts";
import { openDataFolder } from "./dataFolder.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { startRemovingExpired } from "./execution/removeExpired.ts";
import { createSnapshots } from "./execution/snapshots.ts";
import { createDelays } from "./faults/delays.ts";
import { createFaults } from "./faults/faults.ts";
import { createDataPlane } from "./http/dataPlane.ts";
import { listen, stop } from "./http/listen.ts";
import { createAuthenticate } from "./identity/authenticate.ts";
import { createIdentityEndpoint } from "./identity/identityEndpoint.ts";
import { createIssuer } from "./identity/issuer.ts";
import { managedIdentityPath } from "./identity/managedIdentityToken.ts";
import { wellKnownKey } from "./identity/masterKey.ts";
import { sendWhenReady } from "./identity/sendAnswer.ts";
import { loadSigningKeys } from "./identity/signingKeys.ts";
import { createTenant } from "./identity/tenant.ts";
import { createTenantEndpoint } from "./identity/tenantEndpoint.ts";
import { createIssueToken } from "./identity/tokens.ts";
import { listenRegions, type OpenListener } from "./regions/listenRegions.ts";
import type { Serve } from "./regions/regionListener.ts";
import { createRegions } from "./regions/regions.ts";
import { splitPartition } from "./splitPartition.ts";
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
 * @throws InputError in one sentence when regions, principals or roles are not what they have to be.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const folder = openDataFolder(options.dataDir);
  const onFault =
    options.onFault ?? ((error) => process.stderr.write(`cosmos-emulator: ${inspect(error)}\n`));
  const cleanup = createCleanup();
  cleanup.add(() => folder.dispose());
  try {
    // What is kept.
    const regions = createRegions(options.regions ?? [{ name: "East US" }]);
    const store = openStore(folder.database, regions.longestLag);
    cleanup.add(() => store.close());
    cleanup.add(startRemovingExpired(store, onFault));
    const signingKeys = loadSigningKeys(folder.signingKey);
    cleanup.add(() => signingKeys.current().catch(() => undefined));
    const { caFile, key, cert } = await loadCertificates(folder.certificates);
    const setting = (name: string): string =>
      store.transaction(() => store.catalog.setting(name, () => randomUUID()));
    const { directory, roles, ...principals } = createTenant(options, setting);

    // The listeners. Clients may come as soon as they are known, which is not before the end.
    const identityServer = createHttpServer({ keepAliveTimeout });
    const identityPort = await listen(
      identityServer,
      options.identityPort ?? 0,
      "--identity-port or identityPort",
    );
    cleanup.add(() => stop(identityServer));
    const identityUrl = `http://localhost:${identityPort}`;
    const open: OpenListener = async (wanted, option) => {
      const server = createHttpsServer({ key, cert, keepAliveTimeout });
      const port = await listen(server, wanted, option);
      cleanup.add(() => stop(server));
      return { server, endpoint: `https://localhost:${port}` };
    };
    const listeners = await listenRegions(regions, options.port ?? 0, options.regions !== undefined, open);
    const { endpoint } = listeners;

    // Entra ID, over HTTP and HTTPS.
    const tenantId = setting("tenant");
    const issuer = createIssuer(`${identityUrl}/${tenantId}`, tenantId, signingKeys);
    const issueToken = createIssueToken(issuer, directory);
    const rotateSigningKey: Emulator["rotateSigningKey"] = ({ overlapSeconds = 0 } = {}) =>
      issuer.rotateKey(overlapSeconds);
    const faults = createFaults(regions.running.map(({ name }) => name));
    const identityHeader = setting("identity-header");
    const adminSecret = setting("admin-header");
    const split: Emulator["splitPartition"] = (request) => splitPartition(store, request);
    const routes = [
      ...faultRoutes(faults),
      ...regionRoutes(regions),
      ...roleRoutes(roles),
      ...principalRoutes(principals),
      ...identityRoutes(issueToken, rotateSigningKey),
      ...partitionRoutes(split),
    ];
    const identityEndpoint = createIdentityEndpoint(
      issuer,
      directory,
      identityHeader,
      createTenantEndpoint(issuer, directory, identityUrl),
      createAdminEndpoint(routes, adminSecret),
      onFault,
    );
    identityServer.on("request", (request, response) => {
      identityEndpoint(request, response).catch(onFault);
    });

    // The data plane.
    const delays = createDelays();
    const authenticate = createAuthenticate(issuer, audiences(listeners.endpoints));
    const throttle = options.enforceThroughput === true ? createThrottle() : undefined;
    const tenantEndpoint = createTenantEndpoint(issuer, directory, endpoint);
    const serve = (dataPlane: Serve): Serve => {
      return (request, response) => {
        const [pathname = "/"] = request.url?.split("?", 1) ?? [];
        const answer = tenantEndpoint(request, pathname);
        return answer === undefined ? dataPlane(request, response) : sendWhenReady(response, answer, onFault);
      };
    };
    const snapshots = createSnapshots();
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
          snapshots,
          faults,
          throttle,
        };
        const parts = { account, authenticate, roles, faults, delays, throttle, onFault };
        return [region, serve(createDataPlane(parts))] as const;
      }),
    );
    listeners.attach((region) => planes.get(region) as Serve, onFault);
    // What waits or hangs is let go, so that the listeners can stop.
    cleanup.add(() => {
      delays.end();
      for (const region of regions.running) region.cut();
    });

    const env = {
      COSMOS_ENDPOINT: endpoint,
      COSMOS_CA_FILE: caFile,
      IDENTITY_ENDPOINT: `${identityUrl}${managedIdentityPath}`,
      IDENTITY_HEADER: identityHeader,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      COSMOS_EMULATOR_ADMIN_ENDPOINT: `${identityUrl}${adminPath}`,
      COSMOS_EMULATOR_ADMIN_SECRET: adminSecret,
    };
    return {
      endpoint,
      caFile,
      key: wellKnownKey,
      issuer: issuer.url,
      tenantId,
      env,
      roles,
      principals,
      regions,
      faults,
      issueToken,
      rotateSigningKey,
      splitPartition: split,
      close: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/**
 * The audiences of tokens for this account: its endpoints, with the port or without, the service as a whole, and the
 * name that the account would have in Azure. Source: `@azure/cosmos`, ClientContext.js (the endpoint's scope, and the
 * fallback); azure-cosmos for Java, RxDocumentClientImpl (scheme and host alone).
 */
function audiences(endpoints: readonly string[]): string[] {
  const hosts = new Set(endpoints.map((endpoint) => `https://${new URL(endpoint).hostname}`));
  const names = [
    "https://cosmos.azure.com",
    `https://${accountId}.documents.azure.com`,
    ...endpoints,
    ...hosts,
  ];
  return names.flatMap((name) => [name, `${name}/`]);
}

const inspect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
