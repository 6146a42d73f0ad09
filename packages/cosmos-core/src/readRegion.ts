import type { CosmosClient } from "@azure/cosmos";

/** Where the SDK sends reads. */
export interface ReadRegion {
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

  await ask();
  return {
    isWriteRegion() {
      if (performance.now() - askedAt > knownFor) void ask();
      return isSame;
    },
  };
}
