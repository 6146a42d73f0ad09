import { invalidInput } from "../errors/invalidInput.ts";

/** An etag without its quotes, if it has any: as people type it in a shell. */
export const bareEtag = (etag: string): string =>
  etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;

/**
 * The same as HTTP wants it in `If-Match`, where it may have come in either form; `*` stands for any.
 *
 * @throws StoreError `invalid` for what no header can carry
 */
export function quotedEtag(etag: string): string {
  if (!/^[\x21-\x7e]+$/.test(etag)) {
    throw invalidInput([{ path: "ifMatch", message: "is no etag" }]);
  }
  return etag === "*" ? etag : `"${bareEtag(etag)}"`;
}
