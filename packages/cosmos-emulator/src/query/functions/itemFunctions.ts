import { isObject, own } from "../../json.ts";
import { define, type FunctionFamily } from "./builtInFunction.ts";

/**
 * DOCUMENTID: the item's number within its physical partition, which its `_rid` carries in the last eight of
 * its sixteen bytes, least significant first. Sources: documentation, "DocumentId", whose example pairs
 * `36ZyAPW+uN8NAAAAAAAAAA==` with 13; @azure/cosmos, RidSkipCountFilter.js.
 */
export const ITEM_FUNCTIONS: FunctionFamily = {
  DOCUMENTID: define(1, 1, (item) => {
    const rid = isObject(item) ? own(item, "_rid") : undefined;
    if (typeof rid !== "string") {
      return undefined;
    }
    const bytes = Buffer.from(rid.replaceAll("-", "/"), "base64");
    return bytes.length < 16 ? undefined : Number(bytes.readBigUInt64LE(8));
  }),
};
