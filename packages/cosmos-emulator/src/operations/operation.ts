import type { Account } from "../account.ts";
import type { Call, Reply } from "../http/call.ts";

/** One operation of the REST API. */
export interface Operation {
  /** Its name: what faults on demand are told by. */
  readonly name: string;
  /**
   * The data action that a token's principal needs, without its common prefix
   * `Microsoft.DocumentDB/databaseAccounts/`; `null` where no data action exists, so that only the account's key can
   * do it: making databases and containers, for example.
   * Source: Learn, "Data plane role-based access control: built-in roles and actions".
   */
  readonly dataAction: string | null;
  /** The data actions of this call, where they follow from its body: a batch needs those of all its operations. */
  dataActions?(call: Call): readonly string[];
  /** Whether only the write region takes it. Where it says nothing: all but what the data actions of reads allow. */
  readonly isWrite?: boolean;
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

const readActions: readonly (string | null)[] = [
  dataActions.readMetadata,
  dataActions.readItem,
  dataActions.query,
  dataActions.readChangeFeed,
];

/** Whether only the write region takes an operation. */
export const isWrite = ({ isWrite: said, dataAction }: Operation): boolean =>
  said ?? !readActions.includes(dataAction);
