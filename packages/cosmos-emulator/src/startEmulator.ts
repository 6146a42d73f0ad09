import { adminPath, createAdminEndpoint } from "./admin/adminEndpoint.ts";
import { faultRoutes } from "./admin/faultRoutes.ts";
import { identityRoutes } from "./admin/identityRoutes.ts";
import { partitionRoutes } from "./admin/partitionRoutes.ts";
import { principalRoutes } from "./admin/principalRoutes.ts";
import { regionRoutes } from "./admin/regionRoutes.ts";
import { roleRoutes } from "./admin/roleRoutes.ts";
import { type Cleanup, createCleanup } from "./cleanup.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { createFaults } from "./faults/faults.ts";
import { createIdentityEndpoint } from "./identity/identityEndpoint.ts";
import { createIssuer } from "./identity/issuer.ts";
import { managedIdentityPath } from "./identity/managedIdentityToken.ts";
import { wellKnownKey } from "./identity/masterKey.ts";
import { createTenantEndpoint } from "./identity/tenantEndpoint.ts";
import { createIssueToken } from "./identity/tokens.ts";
import { openKeptState } from "./keptState.ts";
import { openListeners } from "./openListeners.ts";
import { serveAccount } from "./serveAccount.ts";
import { splitPartition } from "./splitPartition.ts";

/**
 * Starts a Cosmos DB with an Entra ID beside it, in this process, on the loopback interface.
 *
 * @throws StartError in one sentence when a port is taken, or the data folder cannot be used or is damaged.
 * @throws InputError in one sentence when regions, principals or roles are not what they have to be.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const cleanup = createCleanup();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(options: EmulatorOptions, cleanup: Cleanup): Promise<Emulator> {
  const onFault =
    options.onFault ?? ((error) => process.stderr.write(`cosmos-emulator: ${inspect(error)}\n`));
  const state = await openKeptState(options, cleanup, onFault);
  const { regions, setting } = state;
  const { directory, roles, ...principals } = state.tenant;
  // Clients may come as soon as these are known, which is not before the end.
  const { identityServer, identityUrl, account } = await openListeners(options, state, cleanup);

  const tenantId = setting("tenant");
  const issuer = createIssuer(`${identityUrl}/${tenantId}`, tenantId, state.signingKeys);
  const faults = createFaults(regions.running.map(({ name }) => name));
  const issueToken = createIssueToken(issuer, directory);
  const rotateSigningKey: Emulator["rotateSigningKey"] = ({ overlapSeconds = 0 } = {}) =>
    issuer.rotateKey(overlapSeconds);
  const split: Emulator["splitPartition"] = (request) => splitPartition(state.store, request);

  const adminSecret = setting("admin-header");
  const identityHeader = setting("identity-header");
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
  serveAccount({ options, state, listeners: account, issuer, faults, cleanup, onFault });

  const { endpoint } = account;
  const { caFile } = state.certificates;
  return {
    endpoint,
    caFile,
    key: wellKnownKey,
    issuer: issuer.url,
    tenantId,
    env: {
      COSMOS_ENDPOINT: endpoint,
      COSMOS_CA_FILE: caFile,
      IDENTITY_ENDPOINT: `${identityUrl}${managedIdentityPath}`,
      IDENTITY_HEADER: identityHeader,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      COSMOS_EMULATOR_ADMIN_ENDPOINT: `${identityUrl}${adminPath}`,
      COSMOS_EMULATOR_ADMIN_SECRET: adminSecret,
    },
    roles,
    principals,
    regions,
    faults,
    issueToken,
    rotateSigningKey,
    splitPartition: split,
    close: cleanup.run,
  };
}

const inspect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
