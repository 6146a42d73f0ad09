import { ServiceError } from "../serviceError.ts";
import type { FaultOptions } from "./fault.ts";

/** What is answered to a request, or to an operation inside a batch, that a fault with a status befalls. */
export const faultRefusal = (
  { message, substatus = 0, headers = {} }: FaultOptions,
  status: number,
): ServiceError =>
  new ServiceError(status, message ?? "The emulator was told to fail this request.", { substatus, headers });
