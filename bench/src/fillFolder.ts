import { join } from "node:path";
import {
  complete,
  readNewDocument,
} from "../../packages/cosmos-emulator/src/operations/documents/documentBody.ts";
import { openStore } from "../../packages/cosmos-emulator/src/store/openStore.ts";
import type { JsonObject } from "../../packages/cosmos-sql/src/json.ts";
import { benchItem } from "./items.ts";

/**
 * Fills a container of a data folder whose emulator is stopped, by the emulator's own functions: what they write is what
 * requests would have written, without a million requests. Arguments: the folder, the first number, the end.
 */
const [folder = "", first = "0", end = "0"] = process.argv.slice(2);
const store = openStore(join(folder, "cosmos.db"));
const database = store.catalog.findDatabase("bench");
const container = database && store.catalog.findContainer(database, "items");
if (container === undefined) throw new Error(`${folder} has no container bench/items.`);
const inTransaction = 5_000;
for (let from = Number(first); from < Number(end); from += inTransaction) {
  store.transaction(() => {
    for (let n = from; n < Math.min(from + inTransaction, Number(end)); n += 1) {
      const item = benchItem(n);
      const document = readNewDocument(container, { ...item } as JsonObject, JSON.stringify([item.pk]));
      container.documents.insert(complete(container, document));
    }
  });
}
store.close();
process.stdout.write(`${JSON.stringify({ filled: Number(end) - Number(first) })}\n`);
