import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { type Call, header } from "../http/call.ts";
import { ServiceError } from "../serviceError.ts";

/**
 * The key of every Cosmos DB emulator: documented, and no secret.
 * Source: Learn, "Azure Cosmos DB emulator, authentication".
 */
export const wellKnownKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** As an object: a key in bytes is made one for every signature, which takes longer than the signature. */
const secret = createSecretKey(wellKnownKey, "base64");

/** How far a signature's date may be from this clock. Source: Learn, REST "Access control on Cosmos DB resources". */
const maxSkew = 15 * 60 * 1000;

/**
 * Checks a master-key signature: the HMAC-SHA256 of verb, kind of resource, link and date, each on a line. A signature
 * that is right but of another time is refused with 403, as the service does (Learn, "HTTP status codes for Azure
 * Cosmos DB"; microsoft/vscode-cosmosdb, issue 842).
 * Source: Learn, REST "Access control on Cosmos DB resources"; `@azure/cosmos`, utils/headers.js.
 */
export function isSignedWithKey(call: Call, signature: string): boolean {
  const date = header(call, "x-ms-date") ?? header(call, "date") ?? "";
  const { type, link, rawLink } = call.target;
  // Source: azure-cosmos for Python, _base.py, _internal_resourcetype.
  const signedType = type === "partitionkey" ? "colls" : type;
  const given = Buffer.from(signature, "base64");
  // Names are signed as the whole link, resource ids as the last one of them in lower case.
  const resourceId = link.slice(link.lastIndexOf("/") + 1).toLowerCase();
  const isSigned = [link, rawLink, resourceId, link.toLowerCase()].some((signedLink) => {
    const text = `${call.method.toLowerCase()}\n${signedType}\n${signedLink}\n${date.toLowerCase()}\n\n`;
    const expected = createHmac("sha256", secret).update(text).digest();
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  if (!isSigned || Number.isNaN(Date.parse(date))) return false;
  if (Math.abs(Date.now() - Date.parse(date)) > maxSkew) {
    throw new ServiceError(
      403,
      `The authorization token is not valid at the current time: it was signed at ${date}, here it is ${new Date().toUTCString()}.`,
    );
  }
  return true;
}
