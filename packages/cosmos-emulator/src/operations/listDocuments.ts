import { parseQuery } from "@cosmos-trpc/cosmos-sql";
import { charge } from "../charge.ts";
import { dataActions, type Operation } from "./operation.ts";
import { answerQuery, queryRequest } from "./queryRequest.ts";
import { readScope } from "./requestScope.ts";
import { documentsBody, findContainer, rangesHeaders, reply } from "./resources.ts";

const all = "SELECT * FROM c";
const everything = parseQuery(all);

/** `GET /docs`: all documents, page by page. Source: Learn, REST "List Documents". */
export const listDocuments: Operation = {
  name: "listDocuments",
  dataAction: dataActions.query,
  run(account, call) {
    const container = findContainer(account, call);
    const scope = readScope(account, container, call);
    const answer = answerQuery(account, call, scope, queryRequest(all, everything));
    const headers = { ...rangesHeaders(container, scope.ranges), ...answer.headers };
    return reply(200, charge.query(answer), documentsBody(container, answer.texts), headers);
  },
};
