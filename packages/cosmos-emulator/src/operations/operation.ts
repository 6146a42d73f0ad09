import type { Account } from "../account.ts";
import type { Call, Reply } from "../http/call.ts";

/** One operation of the REST API. */
export interface Operation {
  /**
   * The data action that a token's principal needs, without its common prefix
   * `Microsoft.DocumentDB/databaseAccounts/`; `null` where no data action exists, so that only the account's key can
   * do it: making databases and containers, for example.
   * Source: Learn, "Data plane role-based access control: built-in roles and actions".
   */
  readonly dataAction: string | null;
  /** The data actions that this very call needs, where the body tells: all of them, and not `dataAction`. */
  dataActionsOf?(call: Call): readonly string[];
  run(account: Account, call: Call): Reply;
}

const items = "sqlDatabases/containers/items";

/** The data actions that exist for what this emulator serves. */
export const dataActions = {
  readMetadata: "readMetadata",
  createItem: `${items}/create`,
  readItem: `${items}/read`,
  replaceItem: `${items}/replace`,
  upsertItem: `${items}/upsert`,
  deleteItem: `${items}/delete`,
  query: "sqlDatabases/containers/executeQuery",
  readChangeFeed: "sqlDatabases/containers/readChangeFeed",
} as const;
