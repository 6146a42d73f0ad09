import { createHmac, timingSafeEqual } from "node:crypto";
import type { Call } from "../http/call.ts";
import { header } from "../http/call.ts";

/**
 * The key of every Cosmos DB emulator: documented, and no secret.
 * Source: Learn, "Azure Cosmos DB emulator, authentication".
 */
export const wellKnownKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

const secret = Buffer.from(wellKnownKey, "base64");

/** How far a signature's date may be from this clock. Source: Learn, REST "Access control on Cosmos DB resources". */
const maxSkew = 15 * 60 * 1000;

/**
 * Checks a master-key signature: the HMAC-SHA256 of verb, kind of resource, link and date, each on a line.
 * Source: Learn, REST "Access control on Cosmos DB resources"; `@azure/cosmos`, utils/headers.js.
 */
export function isSignedWithKey(call: Call, signature: string): boolean {
  const date = header(call, "x-ms-date") ?? header(call, "date") ?? "";
  const skew = Math.abs(Date.now() - Date.parse(date));
  if (!(skew <= maxSkew)) return false;
  const { type, link, rawLink } = call.target;
  const given = Buffer.from(signature, "base64");
  // Names are signed as the whole link, resource ids as the last one of them in lower case.
  const resourceId = link.slice(link.lastIndexOf("/") + 1).toLowerCase();
  return [link, rawLink, resourceId, link.toLowerCase()].some((signedLink) => {
    const text = `${call.method.toLowerCase()}\n${type}\n${signedLink}\n${date.toLowerCase()}\n\n`;
    const expected = createHmac("sha256", secret).update(text).digest();
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}
