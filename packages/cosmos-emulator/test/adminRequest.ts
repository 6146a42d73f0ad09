import type { Emulator } from "../src/index.ts";
import { send, type WireAnswer } from "./httpsRequest.ts";

/** Sends a request to the administrative endpoint, with its secret unless other headers are given. */
export function adminRequest(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<WireAnswer> {
  const { origin, pathname } = new URL(emulator.env["COSMOS_EMULATOR_ADMIN_ENDPOINT"] ?? "");
  const secret = { "x-emulator-secret": emulator.env["COSMOS_EMULATOR_ADMIN_SECRET"] ?? "" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send({
    method,
    origin,
    path: `${pathname}${path}`,
    headers: headers ?? secret,
    ...(text === undefined ? {} : { body: text }),
  });
}
