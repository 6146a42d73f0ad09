import { type Call, header } from "../http/call.ts";
import { badRequest } from "../serviceError.ts";

/** Entries of a page when the request says nothing. Source: Learn, REST "Common request headers". */
const defaultItemCount = 100;

/** How many entries a page may have, by `x-ms-max-item-count`; -1 leaves it to the bytes. */
export function readItemCount(call: Call): number {
  const text = header(call, "x-ms-max-item-count");
  if (text === undefined || text === "") return defaultItemCount;
  const count = Number(text);
  if (count === -1) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(count) && count > 0) return count;
  throw badRequest(
    `The x-ms-max-item-count '${text.slice(0, 50)}' is neither -1 nor a whole number above 0.`,
  );
}
