import type { StoreError } from "@cosmos-trpc/cosmos-core";
import { isStoreError } from "../errors.ts";

/** What mends a failure of the database, by its code: the variables that a server reads, and Azure's commands. */
const remedies: Readonly<Partial<Record<NonNullable<StoreError["code"]>, string>>> = {
  "container-missing":
    "Run the infrastructure step, `azd provision`, or correct COSMOS_DATABASE and the container's name.",
  "role-missing":
    'Give the app\'s identity the role: `az cosmosdb sql role assignment create --account-name <account> --resource-group <group> --scope / --principal-id <identity> --role-definition-name "Cosmos DB Built-in Data Contributor"`.',
  "network-blocked":
    "Let the account's firewall pass this network: `az cosmosdb update --name <account> --resource-group <group> --ip-range-filter <addresses>`, or reach it by a private endpoint.",
  "token-refused": "Correct COSMOS_ENDPOINT, or use an account of the tenant that the app's identity is of.",
  "no-token":
    "Switch on the app's managed identity (`az webapp identity assign --name <app> --resource-group <group>`), set AZURE_CLIENT_ID where it is a user-assigned one; on a machine of your own, `az login`.",
  "endpoint-wrong":
    "Correct COSMOS_ENDPOINT: `az cosmosdb show --name <account> --resource-group <group> --query documentEndpoint` says it.",
};

/** A failure as the log says it: what happened, and the command that mends it. */
export function operatorMessage(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const remedy = isStoreError(failure) && failure.code !== undefined ? remedies[failure.code] : undefined;
  return remedy === undefined ? failure.message : `${failure.message} ${remedy}`;
}
