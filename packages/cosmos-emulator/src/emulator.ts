import type { Faults } from "./faults/faults.ts";
import type { Roles } from "./identity/roles.ts";
import type { Tenant, TenantOptions } from "./identity/tenant.ts";
import type { TokenOptions } from "./identity/tokens.ts";
import type { RegionOptions, Regions } from "./regions/regions.ts";
import type { PartitionSplit, SplitRequest } from "./splitPartition.ts";

/** What `startEmulator` takes; everything has a default. */
export interface EmulatorOptions extends TenantOptions {
  /** The folder that keeps the data, the certificates and the keys; without one, a folder for this run only. */
  readonly dataDir?: string;
  /** The port of the Cosmos DB endpoint on the loopback interface; 0, the default, takes a free one. */
  readonly port?: number;
  /** The port of the identity endpoint; 0, the default, takes a free one. */
  readonly identityPort?: number;
  /**
   * The account's regions, the write region first. Each listens on a port of its own; `endpoint` is then the account's
   * own endpoint, which the write region serves. Default: one, `East US`, whose endpoint is the account's.
   */
  readonly regions?: readonly RegionOptions[];
  /**
   * How many physical partitions every new container has. By default as many as the service would give it for the
   * throughput that it is made with, 1 without; a raise beyond 10,000 RU/s a partition then splits partitions.
   */
  readonly physicalPartitions?: number;
  /**
   * Whether data requests are throttled with 429 to the throughput that was provisioned for their container or its
   * database when that was created, or since. Off by default: a laptop's tests should not wait. What was created
   * without throughput is never throttled, as in a serverless account.
   */
  readonly enforceThroughput?: boolean;
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
  /**
   * The issuer of the managed identities' tokens, of version 1.0: OpenID Connect discovery starts below it. That of
   * {@link Emulator.issueToken}, of version 2.0, is `{issuer}/v2.0`. The same is served below `{endpoint}/{tenantId}`,
   * over HTTPS, as MSAL wants it: `authorityHost` is then {@link Emulator.endpoint}.
   */
  readonly issuer: string;
  /** The tenant's id. */
  readonly tenantId: string;
  /**
   * The environment that makes an unmodified `@azure/identity` and `cosmos-core` use this emulator:
   * `COSMOS_ENDPOINT`, `COSMOS_CA_FILE`, `IDENTITY_ENDPOINT`, `IDENTITY_HEADER`, `AZURE_TOKEN_CREDENTIALS`. For
   * tests, not for the application: `COSMOS_EMULATOR_ADMIN_ENDPOINT`, the administrative endpoint, and
   * `COSMOS_EMULATOR_ADMIN_SECRET`, what its header `x-emulator-secret` has to carry.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The account's role definitions and assignments. */
  readonly roles: Roles;
  /** The tenant's principals. */
  readonly principals: Pick<Tenant, "addIdentity" | "addServicePrincipal" | "addUser">;
  /** The account's regions: their endpoints, outages, lag and fail-over. */
  readonly regions: Regions;
  /** Faults on demand, and added latency. */
  readonly faults: Faults;
  /**
   * Issues a token for a principal, with any audience, scopes, roles and lifetime: for tests of an API's own
   * authentication.
   */
  issueToken(options: TokenOptions): Promise<string>;
  /**
   * Makes a new signing key and says its id, the `kid`. Tokens of the old one are refused at once, or after so many
   * seconds, for which both are in the JWKS.
   */
  rotateSigningKey(options?: { readonly overlapSeconds?: number }): Promise<string>;
  /**
   * Cuts a physical partition of a container in half, as the service does when one grows too large. Requests that name
   * it answer 410 with substatus 1002 from then on; the data is where it was.
   *
   * @throws InputError in one sentence when there is no such database, container or partition, or it is too small to cut.
   */
  splitPartition(request: SplitRequest): PartitionSplit;
  /** Answers what is in flight, then stops. The data stays in its folder. */
  close(): Promise<void>;
}
