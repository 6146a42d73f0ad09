import type { Account } from "../account.ts";
import { type Call, header, type Reply } from "../http/call.ts";
import { limits } from "../limits.ts";
import { tooLarge } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import { type DocumentOperation, documentRequest, type Outcome } from "./documentRequest.ts";
import { documentHeaders, reply } from "./resources.ts";

/** Whether a call wants no documents back from its writes. Source: Learn, REST "Common request headers", `Prefer`. */
export const prefersMinimal = (call: Call): boolean =>
  /(?:^|[,;\s])return\s*=\s*minimal(?:$|[,;\s])/i.test(header(call, "prefer") ?? "");

/**
 * The answer to an operation on one document: its body, its etag, and the container's headers.
 *
 * @param lsn up to where the region sees the container's writes, where that is not all
 */
export function documentReply(
  container: ContainerEntry,
  { status, charge, epk, etag, body }: Outcome,
  { isMinimal = false, lsn }: { isMinimal?: boolean; lsn?: number } = {},
): Reply {
  const headers = documentHeaders(container, epk, lsn);
  if (etag !== undefined) headers["etag"] = etag;
  return reply(status, charge, isMinimal ? undefined : body, headers);
}

/** Runs a write as a request of its own. */
export function runWrite(account: Account, call: Call, operation: DocumentOperation): Reply {
  const request = documentRequest(account, call);
  // As it was sent: escapes and spaces count. Source: azure-cosmos for Python, tests/test_encoding.py.
  if (call.body.length > limits.itemBytes) throw tooLarge();
  const outcome = account.store.transaction(operation(request));
  return documentReply(request.container, outcome, { isMinimal: prefersMinimal(call) });
}
