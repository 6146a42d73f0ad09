import { badRequest } from "../serviceError.ts";

/** The kinds of resource in a path, as the service spells them in URLs and in signatures, each with its parent's. */
const parents = {
  dbs: "",
  offers: "",
  colls: "dbs",
  users: "dbs",
  clientencryptionkeys: "dbs",
  docs: "colls",
  partitionkey: "colls",
  pkranges: "colls",
  sprocs: "colls",
  triggers: "colls",
  udfs: "colls",
  conflicts: "colls",
  permissions: "users",
  attachments: "docs",
} as const;

/** A kind of resource; the account's own is empty. */
export type ResourceType = keyof typeof parents | "";

/** What a request's path names: a resource, or the feed of a kind of resource. */
export interface Target {
  readonly type: ResourceType;
  /** Whether the path ends in the kind, and so names all of them: `/dbs`. */
  readonly isFeed: boolean;
  /** The link that a master-key signature covers: the resource's, or of a feed its parent's. Decoded, no outer slash, kinds in lower case. */
  readonly link: string;
  /** The same link as it stood in the URL, for clients that sign that. */
  readonly rawLink: string;
  /** Names or resource ids by kind: `ids.dbs`, `ids.colls`, `ids.docs`. */
  readonly ids: Readonly<Partial<Record<ResourceType, string>>>;
}

const isResourceType = (value: string): value is keyof typeof parents => Object.hasOwn(parents, value);

/**
 * Reads a URL's path: `/dbs/{id}/colls/{id}/docs/{id}` and every beginning of it. Names may be resource ids. A query
 * string says nothing, but right behind a document's id it belongs to that: some clients do not encode question marks.
 * Source: Learn, REST "Cosmos DB resource URI syntax"; `@azure/cosmos`, common/helper.js, getPathFromLink.
 */
export function parseTarget(url: string): Target {
  // A request may name its target with scheme and host. Source: RFC 9112, 3.2.2, absolute-form.
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "");
  const { name = "", query = "" } = /^(?<name>[^?#]*)(?<query>\?[^#]+)?/.exec(path)?.groups ?? {};
  const segments = name.split("/").filter((segment) => segment !== "");
  if (/^docs$/i.test(segments[4] ?? "") && /[^/]$/.test(name)) segments[5] &&= segments[5] + query;
  // The one path that names no resource but something to be done: it stands for all of a partition key's documents.
  if (/^operations\/partitionkeydelete$/i.test(segments.slice(-2).join("/"))) {
    segments.splice(-2, 2, "partitionkey");
  }
  const decoded = segments.map(decode);
  const ids: Partial<Record<ResourceType, string>> = {};
  let type: ResourceType = "";
  for (const [index, segment] of decoded.entries()) {
    if (index % 2 === 0) {
      const kind = segment.toLowerCase();
      if (!isResourceType(kind)) throw badRequest(`The path segment '${segment}' names no kind of resource.`);
      if (parents[kind] !== type) {
        throw badRequest(`The path has '${kind}' below '/${type}'; it belongs below '/${parents[kind]}'.`);
      }
      type = kind;
      decoded[index] = kind;
    } else {
      ids[type] = segment;
    }
  }
  const isFeed = segments.length % 2 === 1;
  const link = (parts: string[]): string => (isFeed ? parts.slice(0, -1) : parts).join("/");
  return { type, isFeed, link: link(decoded), rawLink: link(segments), ids };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`The path segment '${segment}' is not valid percent-encoding.`);
  }
}
