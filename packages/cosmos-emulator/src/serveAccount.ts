import type { Account } from "./account.ts";
import type { Cleanup } from "./cleanup.ts";
import type { EmulatorOptions } from "./emulator.ts";
import { createSnapshots } from "./execution/snapshots.ts";
import { createDelays } from "./faults/delays.ts";
import type { FaultCheck } from "./faults/faults.ts";
import { createDataPlane } from "./http/dataPlane.ts";
import { sendWhenReady } from "./identity/answer.ts";
import { createAuthenticate } from "./identity/authenticate.ts";
import type { Issuer } from "./identity/issuer.ts";
import { createTenantEndpoint } from "./identity/tenantEndpoint.ts";
import type { KeptState } from "./keptState.ts";
import type { RegionListeners } from "./regions/listenRegions.ts";
import type { Serve } from "./regions/regionListener.ts";
import { createThrottle } from "./throughput/throttle.ts";

/** The account's name. Not `localhost`: see {@link Account.id}. */
const accountId = "cosmos-emulator";

/** What the account's listeners serve. */
export interface AccountParts {
  readonly options: EmulatorOptions;
  readonly state: KeptState;
  readonly listeners: RegionListeners;
  readonly issuer: Issuer;
  readonly faults: FaultCheck;
  readonly cleanup: Cleanup;
  readonly onFault: (error: unknown) => void;
}

/** Serves the data plane of every region, and Entra ID beside it for clients that want it over HTTPS. */
export function serveAccount({
  options,
  state,
  listeners,
  issuer,
  faults,
  cleanup,
  onFault,
}: AccountParts): void {
  const { store, regions, tenant } = state;
  const delays = createDelays();
  const authenticate = createAuthenticate(issuer, audiences(listeners.endpoints));
  const throttle = options.enforceThroughput === true ? createThrottle() : undefined;
  const snapshots = createSnapshots();
  const tenantEndpoint = createTenantEndpoint(issuer, tenant.directory, listeners.endpoint);
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
        physicalPartitions: options.physicalPartitions,
        snapshots,
        faults,
        throttle,
      };
      const { roles } = tenant;
      const parts = { account, authenticate, roles, faults, delays, throttle, onFault };
      const dataPlane = createDataPlane(parts);
      const serve: Serve = (request, response) => {
        const [pathname = "/"] = request.url?.split("?", 1) ?? [];
        const answer = tenantEndpoint(request, pathname);
        return answer === undefined ? dataPlane(request, response) : sendWhenReady(response, answer, onFault);
      };
      return [region, serve] as const;
    }),
  );
  listeners.attach((region) => planes.get(region) as Serve, onFault);
  // What waits or hangs is let go, so that the listeners can stop.
  cleanup.add(() => {
    delays.end();
    for (const region of regions.running) region.cut();
  });
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
