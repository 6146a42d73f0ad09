import { adminPath, createAdminEndpoint } from "./admin/adminEndpoint.ts";
import { type Cleanup, createCleanup } from "./cleanup.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { createFaults } from "./faults/faults.ts";
import { operationNames } from "./http/selectOperation.ts";
import { createIdentityEndpoint } from "./identity/identityEndpoint.ts";
import { createIssuer } from "./identity/issuer.ts";
import { wellKnownKey } from "./identity/masterKey.ts";
import { createTenantEndpoint } from "./identity/tenantEndpoint.ts";
import { createIssueToken } from "./identity/tokens.ts";
import { openKeptState } from "./keptState.ts";
import { openListeners } from "./openListeners.ts";
import { batchKinds } from "./operations/documents/batchRequest.ts";
import { managedIdentityPath } from "./routes.ts";
import { serveAccount } from "./serveAccount.ts";
import { splitPartition } from "./splitPartition.ts";

/**
 * Starts a Cosmos DB with an Entra ID beside it, in this process, on the loopback interface.
 *
 * @throws StartError in one sentence when a port is taken, or the data folder cannot be used or is damaged.
 * @throws InputError in one sentence when regions, principals or roles are not what they have to be.
 * @example
 * const emulator = await startEmulator();
 * Object.assign(process.env, emulator.env);
 * // … the application runs against it …
 * await emulator.close();
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
  const faults = createFaults({
    regions: regions.running.map(({ name }) => name),
    operations: operationNames,
    batchOperations: Object.values(batchKinds).map(({ name }) => name),
  });
  const issueToken = createIssueToken(issuer, directory);
  const rotateSigningKey: Emulator["rotateSigningKey"] = ({ overlapSeconds = 0 } = {}) =>
    issuer.rotateKey(overlapSeconds);
  const split: Emulator["splitPartition"] = (request) => splitPartition(state.store, request);

  const adminSecret = setting("admin-header");
  const identityHeader = setting("identity-header");
  const administered = {
    faults,
    regions,
    roles,
    principals,
    issueToken,
    rotateSigningKey,
    splitPartition: split,
  };
  const identityEndpoint = createIdentityEndpoint(
    { issuer, directory, secret: identityHeader },
    createTenantEndpoint(issuer, directory, identityUrl),
    createAdminEndpoint(administered, adminSecret),
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
    ...administered,
    close: cleanup.run,
  };
}

const inspect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
