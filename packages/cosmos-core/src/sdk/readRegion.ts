import { ConsistencyLevel, type CosmosClient } from "@azure/cosmos";
import { withinDeadline } from "./deadline.ts";

/** Where the SDK sends reads, and what it promises of them. */
export interface ReadRegion {
  /**
   * Options of point reads. The SDK sends its session token, by which a caller reads its own writes from any region,
   * only with requests that ask for session consistency; an account with a weaker level refuses those, and one with a
   * stronger level needs none.
   */
  readonly readOptions: { readonly consistencyLevel?: ConsistencyLevel.Session };
  /** Whether it is the region that takes writes, as far as is known. */
  isWriteRegion(): boolean;
}

/** In use, the SDK is asked again after so long, in milliseconds. */
const knownFor = 1_000;

/**
 * Compares the endpoints that the SDK has chosen for reads and for writes, by its preferred locations and by what is
 * out of order. The SDK answers from memory once it has read the account. Never rejects.
 */
export async function openReadRegion(client: CosmosClient): Promise<ReadRegion> {
  let isSame = false;
  let askedAt = 0;

  async function ask(): Promise<void> {
    askedAt = performance.now();
    try {
      const [read, write] = await Promise.all([client.getReadEndpoint(), client.getWriteEndpoint()]);
      isSame = read === write;
    } catch {
      // Nobody could be reached; what was known goes on to be used.
    }
  }

  async function isSessionConsistent(): Promise<boolean> {
    try {
      const { resource } = await withinDeadline(undefined, (abortSignal) =>
        client.getDatabaseAccount({ abortSignal }),
      );
      return resource?.consistencyPolicy === ConsistencyLevel.Session;
    } catch {
      return false;
    }
  }

  const [isSession] = await Promise.all([isSessionConsistent(), ask()]);
  return {
    readOptions: isSession ? { consistencyLevel: ConsistencyLevel.Session } : {},
    isWriteRegion() {
      if (performance.now() - askedAt > knownFor) void ask();
      return isSame;
    },
  };
}
