import { join } from "node:path";
import { cores, nextMessage, startPinned } from "../load/pinned.ts";

/** The backend that answers everything with the same document, in a process of its own. */
export interface ConstantBackend {
  /** What its clients need to know. */
  readonly env: Readonly<Record<string, string>>;
  /** Request units that it has charged so far. */
  charged(): Promise<number>;
  stop(): void;
}

/** @param certificates a folder with a certificate for localhost: `key.pem` and `cert.pem` */
export async function startConstantBackend(certificates: string): Promise<ConstantBackend> {
  const files = ["key.pem", "cert.pem"].map((file) => join(certificates, file));
  const child = startPinned(cores.others, [join(import.meta.dirname, "backend.ts"), ...files]);
  const ports = await nextMessage<{ readonly cosmosPort: number; readonly identityPort: number }>(child);
  return {
    env: {
      COSMOS_ENDPOINT: `https://localhost:${ports.cosmosPort}`,
      IDENTITY_ENDPOINT: `http://localhost:${ports.identityPort}/`,
      IDENTITY_HEADER: "constant",
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    },
    async charged() {
      child.send("charged");
      return (await nextMessage<{ readonly charged: number }>(child)).charged;
    },
    stop: () => child.disconnect(),
  };
}
