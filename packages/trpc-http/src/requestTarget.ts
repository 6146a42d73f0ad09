import type { IncomingMessage } from "node:http";

/** A request target whose path and query mean the same to a URL parser as they do as they stand. */
export interface RequestTarget {
  /** The path, still percent-encoded, from its first slash. */
  readonly path: string;
  /** What follows the first question mark, or an empty string. */
  readonly query: string;
}

/**
 * Paths that the URL standard leaves as they are: one leading slash, no segment that starts with a dot (a dot segment
 * would be resolved), and only characters that are neither encoded nor special in a path; then any query of printable
 * ASCII without a fragment.
 */
const plainTarget = /^(?!\/\/)(?:\/(?!\.|%2e)[\w.~!$&'()*+,;=:@%-]*)+(?:\?[!-"$-~]*)?$/i;

/**
 * Splits a request's target without building a URL. Gives `undefined` where the two could differ (absolute-form
 * targets, dot segments, unusual characters, hosts that are not valid or carry credentials).
 *
 * The host counts because tRPC resolves the target against it and refuses the request if that fails. The last host
 * that passed is remembered, so this costs a URL only when the host changes.
 */
export function targetReader(): (req: IncomingMessage) => RequestTarget | undefined {
  let knownHost: string | undefined;
  return (req) => {
    const target = req.url;
    if (target === undefined || !plainTarget.test(target)) return undefined;
    const host = req.headers.host ?? "localhost";
    if (host !== knownHost) {
      if (!isPlainHost(host)) return undefined;
      knownHost = host;
    }
    const mark = target.indexOf("?");
    return mark === -1
      ? { path: target, query: "" }
      : { path: target.slice(0, mark), query: target.slice(mark + 1) };
  };
}

function isPlainHost(host: string): boolean {
  const url = URL.parse(`http://${host}`);
  return url !== null && url.username === "" && url.password === "";
}
