import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** The documented key of every Cosmos DB emulator. Source: Learn, "Azure Cosmos DB emulator, authentication". */
export const wellKnownKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** What a master-key signature covers. */
export interface Signed {
  readonly method: string;
  readonly type: string;
  readonly link: string;
  readonly key: string;
  /** When it says that it was made: now, unless told. */
  readonly date?: Date;
}

const secrets = new Map<string, KeyObject>();

/** The headers of a request that is signed with the account's key. Source: Learn, REST "Access control". */
export function masterKeyHeaders({
  method,
  type,
  link,
  key,
  date = new Date(),
}: Signed): Record<string, string> {
  const stamp = date.toUTCString();
  const text = `${method.toLowerCase()}\n${type}\n${link}\n${stamp.toLowerCase()}\n\n`;
  const secret = secrets.get(key) ?? createSecretKey(key, "base64");
  secrets.set(key, secret);
  const signature = createHmac("sha256", secret).update(text).digest("base64");
  return {
    authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
    "x-ms-date": stamp,
    "x-ms-version": "2020-07-15",
  };
}

/** Kind of resource and link of a plain path, as the protocol derives them. */
export function signedParts(path: string): { type: string; link: string } {
  const segments = path.split("/").filter((segment) => segment !== "");
  const isFeed = segments.length % 2 === 1;
  const type = segments.at(isFeed ? -1 : -2) ?? "";
  const link = (isFeed ? segments.slice(0, -1) : segments).map(decodeURIComponent).join("/");
  return { type, link };
}
