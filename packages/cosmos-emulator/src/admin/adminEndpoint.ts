import type { IncomingMessage } from "node:http";
import { InputError } from "../errors.ts";
import { readBody } from "../http/readBody.ts";
import type { Answer } from "../identity/answer.ts";
import { isSameText } from "../identity/isSameText.ts";
import { adminRoutes } from "../routes.ts";
import { ServiceError } from "../serviceError.ts";
import { type AdministeredEmulator, matchPath } from "./route.ts";

/** The path below which the endpoint is served. */
export const adminPath = "/_emulator";

/** The header that carries the endpoint's secret. */
const adminHeader = "x-emulator-secret";

const maxBodyBytes = 1024 * 1024;

/**
 * The administrative endpoint: what the functions of the Emulator do, over HTTP. A page in a browser must not reach
 * it: the secret is in a header that a page could only send after a CORS preflight, which is refused, and every request
 * with an `Origin` is, too.
 *
 * @param secret what the header has to carry
 */
export function createAdminEndpoint(
  emulator: AdministeredEmulator,
  secret: string,
): (request: IncomingMessage, pathname: string) => Promise<Answer> {
  return async (request, pathname) => {
    if (request.headers.origin !== undefined) return failure(403, "Web pages cannot use this endpoint.");
    if (!isSameText(String(request.headers[adminHeader] ?? ""), secret)) {
      return failure(401, `The ${adminHeader} header does not carry this endpoint's secret.`);
    }
    const segments = decodeSegments(pathname.slice(adminPath.length + 1));
    if (segments === undefined) return failure(400, "The path is not valid percent-encoding.");
    const found = adminRoutes.flatMap(([method, path, handler, status]) => {
      const parameters = matchPath(path, segments);
      return parameters === undefined ? [] : [{ method, handler, status, parameters }];
    });
    if (found.length === 0) return failure(404, `Nothing is served at ${pathname}.`);
    const match = found.find(({ method }) => method === request.method);
    if (match === undefined) {
      return failure(405, `Here are served: ${found.map(({ method }) => method).join(", ")}.`);
    }
    try {
      const { handler, parameters, status = 200 } = match;
      const result = await handler(emulator, { parameters, body: await readJson(request) });
      return status === 204 ? { status } : { status, body: result ?? {} };
    } catch (error) {
      if (error instanceof InputError) return failure(400, error.message);
      if (error instanceof ServiceError) return failure(error.status, error.message);
      throw error;
    }
  };
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, maxBodyBytes);
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new InputError("The request's body is not JSON.");
  }
}

const failure = (status: number, message: string): Answer => ({ status, body: { message } });
