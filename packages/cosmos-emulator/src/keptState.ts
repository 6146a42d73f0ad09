import { randomUUID } from "node:crypto";
import { type Certificates, loadCertificates } from "./certificates.ts";
import type { Cleanup } from "./cleanup.ts";
import { openDataFolder } from "./dataFolder.ts";
import type { EmulatorOptions } from "./emulator.ts";
import { startRemovingExpired } from "./execution/removeExpired.ts";
import { keepChanges } from "./identity/keptChanges.ts";
import { loadSigningKeys, type SigningKeys } from "./identity/signingKeys.ts";
import { createTenant, type Tenant } from "./identity/tenant.ts";
import { createRegions, type RegionSet } from "./regions/regions.ts";
import { openStore, type Store } from "./store/openStore.ts";

/** What an emulator works on: what its data folder keeps, and what its options say. */
export interface KeptState {
  readonly store: Store;
  readonly regions: RegionSet;
  readonly signingKeys: SigningKeys;
  readonly certificates: Certificates;
  readonly tenant: Tenant;
  /** An id or a secret of this folder, made when it is asked for the first time. */
  setting(name: string): string;
}

/**
 * Opens the data folder, or makes it.
 *
 * @throws StartError when the folder cannot be used or is damaged.
 * @throws InputError when regions, principals or roles are not what they have to be.
 */
export async function openKeptState(
  options: EmulatorOptions,
  cleanup: Cleanup,
  onFault: (error: unknown) => void,
): Promise<KeptState> {
  const folder = openDataFolder(options.dataDir);
  cleanup.add(() => folder.dispose());
  const regions = createRegions(options.regions ?? [{ name: "East US" }]);
  const store = openStore(folder.database, regions.longestLag);
  cleanup.add(() => store.close());
  cleanup.add(startRemovingExpired(store, onFault));
  const signingKeys = loadSigningKeys(folder.signingKey);
  cleanup.add(() => signingKeys.current().catch(() => undefined));
  const certificates = await loadCertificates(folder.certificates);
  const setting = (name: string): string =>
    store.transaction(() => store.catalog.setting(name, () => randomUUID()));
  const tenant = keepChanges(createTenant(options, setting), {
    read: () => store.catalog.findSetting("tenant-changes"),
    write: (text) => store.transaction(() => store.catalog.replaceSetting("tenant-changes", text)),
  });
  return { store, regions, signingKeys, certificates, tenant, setting };
}
