import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "../account.ts";
import { charge } from "../charge.ts";
import type { Delays } from "../faults/delays.ts";
import { type FaultOptions, faultRefusal } from "../faults/fault.ts";
import type { FaultCheck } from "../faults/faults.ts";
import type { Authenticate } from "../identity/authenticate.ts";
import { authorize } from "../identity/authorize.ts";
import type { RoleCheck } from "../identity/roles.ts";
import { limits } from "../limits.ts";
import { isWrite, type Operation } from "../operations/operation.ts";
import { ServiceError, writeForbidden } from "../serviceError.ts";
import { withoutTokenVersions } from "../sessionToken.ts";
import type { Throttle } from "../throughput/throttle.ts";
import { isBeforeTokenVersions } from "./apiVersion.ts";
import type { Call, Reply } from "./call.ts";
import { readBody } from "./readBody.ts";
import { selectOperation } from "./selectOperation.ts";
import { send, sendHalf } from "./sendReply.ts";
import { parseTarget } from "./target.ts";

const emptyBody = Buffer.alloc(0);

/** What the data plane works with. */
export interface DataPlaneParts {
  readonly account: Account;
  readonly authenticate: Authenticate;
  readonly roles: RoleCheck;
  readonly faults: FaultCheck;
  readonly delays: Delays;
  /** Left out where provisioned throughput is not enforced. */
  readonly throttle?: Throttle | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Serves the data plane: reads a request, signs it in, runs its operation, answers. */
export function createDataPlane({
  account,
  authenticate,
  roles,
  faults,
  delays,
  throttle,
  onFault,
}: DataPlaneParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  /** Runs an operation within the throughput that was provisioned. */
  function runThrottled(operation: Operation, call: Call): Reply {
    const consume = throttle?.admit(account.store, call);
    if (consume === undefined) return operation.run(account, call);
    try {
      const reply = operation.run(account, call);
      consume(Number(reply.headers["x-ms-request-charge"] ?? 0));
      return reply;
    } catch (error) {
      consume(charge.refused);
      throw error;
    }
  }

  /** Runs an operation as the fault that befalls it has it; no reply means that the connection is to be cut. */
  function run(operation: Operation, call: Call, fault: FaultOptions | undefined): Reply | undefined {
    if (fault === undefined) return runThrottled(operation, call);
    if (fault.drop === "before") return undefined;
    if (fault.status !== undefined && fault.takesEffect !== true) throw faultRefusal(fault, fault.status);
    const reply = runThrottled(operation, call);
    if (fault.status !== undefined) throw faultRefusal(fault, fault.status);
    return fault.drop === "after" ? undefined : reply;
  }

  return async (request, response) => {
    const activityId = randomUUID();
    let fault: FaultOptions | undefined;
    let answer: Reply | undefined;
    try {
      const call = await readCall(request);
      const found = authenticate(call);
      const principal = found instanceof Promise ? await found : found;
      const operation = selectOperation(call);
      authorize(principal, operation, account, call, roles);
      if (isWrite(operation) && account.regions[0] !== account.region) throw writeForbidden();
      const { name } = account.region;
      fault = faults.take(operation.name, call, name);
      const wait = faults.latencyOf(name) + (fault?.delayMs ?? 0);
      if (wait > 0) await delays.wait(wait);
      answer = run(operation, call, fault);
      const tokens = answer?.headers["x-ms-session-token"];
      if (answer !== undefined && tokens !== undefined && isBeforeTokenVersions(call)) {
        answer.headers["x-ms-session-token"] = withoutTokenVersions(tokens);
      }
    } catch (error) {
      if (response.destroyed) return;
      if (!(error instanceof ServiceError)) onFault(error);
      answer = errorReply(error, activityId);
    }
    if (answer === undefined) response.destroy();
    else if (fault?.truncate === true) sendHalf(response, answer, activityId);
    else send(response, answer, activityId);
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const method = request.method ?? "GET";
  const hasBody = method === "POST" || method === "PUT" || method === "PATCH";
  const body = hasBody ? await readBody(request, limits.requestBytes) : emptyBody;
  return { method, target: parseTarget(request.url ?? "/"), headers: request.headers, body };
}

function errorReply(error: unknown, activityId: string): Reply {
  const refusal =
    error instanceof ServiceError
      ? error
      : new ServiceError(500, "The emulator failed inside. Its log has the error.");
  return {
    status: refusal.status,
    headers: {
      "x-ms-request-charge": String(charge.refused),
      "x-ms-substatus": String(refusal.substatus),
      ...refusal.headers,
    },
    body: JSON.stringify({
      code: refusal.code,
      message: `${refusal.message}\r\nActivityId: ${activityId}, cosmos-emulator`,
      ...refusal.body,
    }),
  };
}
