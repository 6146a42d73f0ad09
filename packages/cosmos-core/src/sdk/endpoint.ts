/** An account's endpoint. */
export interface Endpoint {
  /** `https://<account>.documents.azure.com`, without a slash at its end. */
  readonly url: string;
  /** Whether it is on this machine: an emulator. */
  readonly isLoopback: boolean;
  /** An emulator's key; only a loopback endpoint can have one. */
  readonly key?: string;
}

/** Where Cosmos DB is. */
export interface CosmosOptions {
  /** The account's, `https://<account>.documents.azure.com`, as {@link parseEndpoint} reads it. */
  readonly endpoint: string | Endpoint;
  /** Regions in the order in which reads try them, as Azure names them: `East US`. */
  readonly preferredLocations?: readonly string[] | undefined;
  /** A PEM file of further certificate authorities, for an emulator's TLS. */
  readonly caFile?: string | undefined;
}

/** The same, read, with the name of the database. */
export interface CosmosConfiguration extends CosmosOptions {
  readonly endpoint: Endpoint;
  readonly database: string;
}

/** The endpoint of options. @throws TypeError that says what is wrong with it */
export function endpointOf({ endpoint }: Pick<CosmosOptions, "endpoint">): Endpoint {
  const read = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  if (typeof read === "string") throw new TypeError(`The endpoint ${read}.`);
  return read;
}

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

const keyless =
  "carries an account key: this project signs in with managed identity and takes no keys. Set it to the account's endpoint alone, https://<account>.documents.azure.com, and assign the app's identity a data role. Only an emulator on this machine may have a key";

/**
 * Reads an endpoint: a URL, or for an emulator on this machine a connection string
 * (`AccountEndpoint=https://localhost:8081/;AccountKey=…`), since Microsoft's emulator knows only a key.
 *
 * @returns the endpoint, or what is wrong with the text, as the end of a sentence that begins with its name
 */
export function parseEndpoint(text: string): Endpoint | string {
  const parts = connectionString(text);
  const address = parts === undefined ? text : parts.get("accountendpoint");
  if (address === undefined) return "is a connection string without AccountEndpoint";
  const url = URL.parse(address);
  if (url === null)
    return "is no URL: set it to the account's endpoint, https://<account>.documents.azure.com";
  const isLoopback = loopbackHosts.has(url.hostname) || url.hostname.endsWith(".localhost");
  const key = parts?.get("accountkey");
  if (!isLoopback && (key !== undefined || url.password !== "")) return keyless;
  if (url.protocol !== "https:") {
    return "has to begin with https://, since the SDK sends no token over plain HTTP";
  }
  const endpoint = { url: url.origin, isLoopback };
  return key === undefined ? endpoint : { ...endpoint, key };
}

function connectionString(text: string): Map<string, string> | undefined {
  if (!/\bAccount(Key|Endpoint)=/i.test(text)) return undefined;
  return new Map(
    text
      .split(";")
      .filter((part) => part.includes("="))
      .map((part) => {
        const at = part.indexOf("=");
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
      }),
  );
}
