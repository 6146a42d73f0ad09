import { charge } from "../charge.ts";
import { parseQuery } from "../query/parseQuery.ts";
import { dataActions, type Operation } from "./operation.ts";
import { answerQuery, type QueryRequest } from "./queryRequest.ts";
import { readScope } from "./requestScope.ts";
import { containerHeaders, findContainer, reply } from "./resources.ts";

const everything: QueryRequest = {
  text: "SELECT * FROM c",
  query: parseQuery("SELECT * FROM c"),
  parameters: [],
};

/** `GET /docs`: all documents, page by page. Source: Learn, REST "List Documents". */
export const listDocuments: Operation = {
  name: "listDocuments",
  dataAction: dataActions.query,
  run(account, call) {
    const container = findContainer(account, call);
    const answer = answerQuery(call, readScope(account, container, call), everything);
    const body = `{"_rid":${JSON.stringify(container.rid)},"Documents":${JSON.stringify(answer.rows)},"_count":${answer.rows.length}}`;
    return reply(200, charge.query(answer), body, { ...containerHeaders(container), ...answer.headers });
  },
};
