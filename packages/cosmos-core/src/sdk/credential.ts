import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";

/**
 * The credential for Cosmos DB: `DefaultAzureCredential`, steered by its own variables. In Azure it finds the app's
 * managed identity; on a developer's machine the Azure CLI's sign-in, or the emulator's identity endpoint.
 * `AZURE_CLIENT_ID` names a user-assigned identity, `AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential` pins the chain
 * in production.
 */
export const createCredential = (): TokenCredential => new DefaultAzureCredential();
