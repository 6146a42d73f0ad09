import { validateHeaderName, validateHeaderValue } from "node:http";
import { InputError } from "../errors.ts";
import { either, flag, oneOf, readFields, text, texts, wholeNumber } from "../fields.ts";
import { ServiceError } from "../serviceError.ts";

/** Which requests a fault befalls: those that match everything said. */
export interface FaultMatch {
  /** An operation's name: `createDocument`, `readDocument` and so on; one that is wrong is refused with all of them. */
  readonly operation?: string;
  /** The kind of resource, as in URLs: `docs`, `colls`, `dbs`, `pkranges` … */
  readonly resourceType?: string;
  readonly method?: string;
  /** The decoded path; `*` stands for any run of characters: `/dbs/a/colls/b/docs/*`. */
  readonly path?: string;
  /** The region that serves the request. */
  readonly region?: string;
  /**
   * `true` for operations inside batches only, `false` for none of them. When left out, a fault that names an
   * `operation` befalls it in both places; one that names none befalls requests as a whole.
   */
  readonly inBatch?: boolean;
}

/**
 * What befalls a request that a fault matches, after it was signed in and found allowed; or one operation inside a
 * batch, for which it can only be a `status`, without `delayMs` and `truncate`.
 */
export interface FaultOptions extends FaultMatch {
  /** How many requests it befalls: 1 when left out. */
  readonly count?: number | "always";
  /** Milliseconds to wait first. */
  readonly delayMs?: number;
  /** The status to answer, from 400 to 599. The operation is not run unless `takesEffect` is set. */
  readonly status?: number;
  readonly substatus?: number;
  /** The message of the answer's body. */
  readonly message?: string;
  /** More headers of the answer: `x-ms-retry-after-ms`, for example. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the operation takes effect although `status` is answered, as when a gateway times out. */
  readonly takesEffect?: boolean;
  /** Cuts the connection: before the operation is run, or after it took effect, in place of the answer. */
  readonly drop?: "before" | "after";
  /** Cuts the connection in the middle of the answer's body. */
  readonly truncate?: boolean;
}

/** A fault that was added. */
export interface Fault extends FaultOptions {
  readonly id: string;
  /** How many more requests it befalls. */
  readonly remaining: number | "always";
  /** How many it has befallen. */
  readonly hits: number;
}

/** Headers by which HTTP finds an answer's end. */
const framing: readonly string[] = [
  "content-length",
  "transfer-encoding",
  "connection",
  "trailer",
  "upgrade",
];

/** A day: what no test waits for, and well below what a timer can take. */
const maxDelay = 24 * 60 * 60 * 1000;

export const delay = wholeNumber(0, maxDelay);

/** What there is for faults to name. */
export interface FaultNames {
  /** The names of the account's regions. */
  readonly regions: readonly string[];
  /** The names of all operations, and of those that a batch can have. */
  readonly operations: readonly string[];
  readonly batchOperations: readonly string[];
}

/** Reads what a fault is to be. */
export function readFault(input: unknown, known: FaultNames): FaultOptions {
  const fault = readFields<FaultOptions>(input, {
    operation: oneOf(...known.operations),
    resourceType: text,
    method: oneOf("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"),
    path: text,
    region: oneOf(...known.regions),
    inBatch: flag,
    count: either(wholeNumber(1, 1_000_000_000), oneOf("always")),
    delayMs: delay,
    status: wholeNumber(400, 599),
    substatus: wholeNumber(0, 1_000_000),
    message: text,
    headers: texts,
    takesEffect: flag,
    drop: oneOf("before", "after"),
    truncate: flag,
  });
  const { delayMs, status, drop, truncate, headers = {} } = fault;
  if (delayMs === undefined && status === undefined && drop === undefined && truncate !== true) {
    throw new InputError("A fault needs one of 'delayMs', 'status', 'drop', 'truncate'.");
  }
  if (drop !== undefined && (status !== undefined || truncate === true)) {
    throw new InputError(
      "A dropped connection has no answer: 'drop' goes with neither 'status' nor 'truncate'.",
    );
  }
  const answer = ["substatus", "message", "headers", "takesEffect"] as const;
  const stray = answer.find((name) => fault[name] !== undefined);
  if (status === undefined && stray !== undefined)
    throw new InputError(`'${stray}' needs 'status' beside it.`);
  if (fault.inBatch === true) checkInBatch(fault, known);
  for (const [name, value] of Object.entries(headers)) {
    if (framing.includes(name.toLowerCase())) throw new InputError(`The header '${name}' cannot be set.`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new InputError(`The header '${name}' or its value is not valid.`);
    }
  }
  return fault;
}

function checkInBatch(
  { operation, status, delayMs, truncate }: FaultOptions,
  { batchOperations }: FaultNames,
): void {
  if (status === undefined || delayMs !== undefined || truncate === true) {
    throw new InputError(
      "One operation of a batch can be refused, not held up or cut: 'inBatch' needs 'status', without 'delayMs' and 'truncate'.",
    );
  }
  if (operation !== undefined && !batchOperations.includes(operation)) {
    throw new InputError(`The operation '${operation}' is none that a batch can have.`);
  }
}

/** What a fault is matched against: a request, or one operation inside a batch. */
export interface FaultTarget {
  readonly operation: string;
  readonly method: string;
  readonly resourceType: string;
  /** Decoded. An operation inside a batch has that of its document. */
  readonly path: string;
  readonly region: string;
  readonly inBatch: boolean;
}

/** A test of whether a request, or an operation inside a batch, is one that a fault is meant for. */
export function matcher(fault: FaultOptions): (target: FaultTarget) => boolean {
  const { operation, resourceType, method, path, region } = fault;
  const pattern = path === undefined ? undefined : wildcard(path);
  const goesInside = entersBatches(fault);
  return (target) =>
    (target.inBatch ? goesInside : fault.inBatch !== true) &&
    (operation === undefined || operation === target.operation) &&
    (region === undefined || region === target.region) &&
    (method === undefined || method === target.method) &&
    (resourceType === undefined || resourceType === target.resourceType) &&
    (pattern === undefined || pattern.test(target.path));
}

const entersBatches = ({ inBatch, operation, status, delayMs, truncate }: FaultOptions): boolean =>
  (inBatch ?? operation !== undefined) && status !== undefined && delayMs === undefined && truncate !== true;

/** Lazy runs and no nesting: a pattern with many `*` stays cheap on paths of URL length. */
function wildcard(path: string): RegExp {
  const parts = path.split(/\*+/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*?")}$`, "su");
}

/** What is answered to a request, or to an operation inside a batch, that a fault with a status befalls. */
export const faultRefusal = (
  { message, substatus = 0, headers = {} }: FaultOptions,
  status: number,
): ServiceError =>
  new ServiceError(status, message ?? "The emulator was told to fail this request.", { substatus, headers });
