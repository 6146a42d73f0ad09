import type { z } from "zod";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** A method that a procedure may be served with over plain HTTP. */
export type HttpMethod = (typeof methods)[number];

export const isHttpMethod = (method: unknown): method is HttpMethod => methods.some((one) => one === method);

/**
 * How a procedure is served over plain HTTP, and described in the OpenAPI document: the meta that users of
 * trpc-to-openapi know.
 */
export interface OpenApiMeta {
  /** `false` leaves the procedure to tRPC alone. */
  readonly enabled?: boolean;
  readonly method: HttpMethod;
  /** From the server's root: `/api/orders/{id}/reservation`; names in braces are fields of the input. */
  readonly path: `/${string}`;
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Whether the document says that a bearer token is needed. It checks nothing: `getCaller` and middleware do. */
  readonly protect?: boolean;
  readonly deprecated?: boolean;
  /** What the answer of a success is described as. */
  readonly successDescription?: string;
  /** Status codes of failures to describe, with or without what each means. */
  readonly errorResponses?: readonly number[] | Readonly<Record<number, string>>;
  /** Headers to describe; they are not checked. */
  readonly requestHeaders?: z.ZodObject;
  readonly responseHeaders?: z.ZodObject;
}

/** The meta of procedures: `procedure.meta({ openapi: { method: "POST", path: "/api/transfers" } })`. */
export interface ApiMeta {
  readonly openapi?: OpenApiMeta;
  /** Whether a mutation leaves the same behind when it is made twice: then clients may try it again. `PUT` says so too. */
  readonly idempotent?: boolean;
}
