import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "../account.ts";
import type { Authenticate } from "../identity/authenticate.ts";
import { authorize } from "../identity/authorize.ts";
import type { RoleCheck } from "../identity/roles.ts";
import { limits } from "../limits.ts";
import { selectOperation } from "../operations/select.ts";
import { ServiceError } from "../serviceError.ts";
import type { Call, Reply } from "./call.ts";
import { readBody } from "./readBody.ts";
import { parseTarget } from "./target.ts";

/** Headers of every answer, for clients that look for them. Source: Learn, REST "Common response headers". */
const commonHeaders = {
  "content-type": "application/json",
  "x-ms-gatewayversion": "version=2.14.0",
  "x-ms-serviceversion": "version=2.14.0.0",
  "x-ms-schemaversion": "1.18",
  "cache-control": "no-store, no-cache",
} as const;

const emptyBody = Buffer.alloc(0);

/** Serves the data plane: reads a request, signs it in, runs its operation, answers. */
export function createDataPlane(
  account: Account,
  authenticate: Authenticate,
  roles: RoleCheck,
  onFault: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  async function run(request: IncomingMessage): Promise<Reply> {
    const method = request.method ?? "GET";
    const hasBody = method === "POST" || method === "PUT" || method === "PATCH";
    const body = hasBody ? await readBody(request, limits.requestBytes) : emptyBody;
    const call: Call = { method, target: parseTarget(request.url ?? "/"), headers: request.headers, body };
    const found = authenticate(call);
    const principal = found instanceof Promise ? await found : found;
    const operation = selectOperation(call);
    authorize(principal, operation, account, call, roles);
    return operation.run(account, call);
  }

  return async (request, response) => {
    const activityId = randomUUID();
    let answer: Reply;
    try {
      answer = await run(request);
    } catch (error) {
      if (response.destroyed) return;
      if (!(error instanceof ServiceError)) onFault(error);
      answer = errorReply(error, activityId);
    }
    send(response, answer, activityId);
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply, activityId: string): void {
  const head: Record<string, string | number> = {
    ...commonHeaders,
    "x-ms-activity-id": activityId,
    ...headers,
  };
  if (body === undefined) {
    response.writeHead(status, head).end();
    return;
  }
  head["content-length"] = Buffer.byteLength(body);
  response.writeHead(status, head).end(body);
}

/** What a refused write or read costs at least. Source: Learn, "Request Units in Azure Cosmos DB". */
const refusalCharge = "1";

function errorReply(error: unknown, activityId: string): Reply {
  const refusal =
    error instanceof ServiceError
      ? error
      : new ServiceError(500, "The emulator failed inside. Its log has the error.");
  return {
    status: refusal.status,
    headers: {
      "x-ms-request-charge": refusalCharge,
      "x-ms-substatus": String(refusal.substatus),
      ...refusal.headers,
    },
    body: JSON.stringify({
      code: refusal.code,
      message: `${refusal.message}\r\nActivityId: ${activityId}, cosmos-emulator`,
    }),
  };
}
