import { isDeepStrictEqual } from "node:util";
import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import { badRequest, ServiceError } from "../serviceError.ts";
import { readContainerDefinition } from "./containerDefinition.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, containerBody, findContainer, ownedContainerHeaders, reply } from "./resources.ts";

/** What a replace cannot change. Source: Learn, REST "Replace a Collection". */
const fixed = ["id", "partitionKey"] as const;

/** `PUT /dbs/{id}/colls/{id}`: the indexing policy, the default time to live. */
export const replaceContainer: Operation = {
  name: "replaceContainer",
  dataAction: null,
  run(account, call) {
    const entry = findContainer(account, call);
    const definition = readContainerDefinition(call);
    checkVersion(header(call, "if-match"), entry.etag);
    for (const name of fixed) {
      if (!isDeepStrictEqual(definition[name], entry.definition[name])) {
        throw badRequest(`The property '${name}' of a container cannot be changed.`);
      }
    }
    if (!isDeepStrictEqual(definition["uniqueKeyPolicy"], entry.definition["uniqueKeyPolicy"])) {
      throw new ServiceError(
        403,
        'Message: {"Errors":["The unique index cannot be modified. To change the unique index, remove the collection and re-create a new one."]}',
      );
    }
    const replaced = account.store.transaction(() =>
      account.store.catalog.replaceContainer(entry, definition),
    );
    return reply(200, charge.metadataWrite, containerBody(replaced, call), ownedContainerHeaders(replaced));
  },
};
