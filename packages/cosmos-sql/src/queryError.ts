/** A place in the query text: UTF-16 offsets, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One finding, in the form in which the service lists it. */
export interface QueryErrorDetail {
  /** `SC1001` and the like; a few of the service's own errors carry a number, some carry none. */
  readonly code?: string | number | undefined;
  readonly message: string;
  readonly location?: Span | undefined;
}

/**
 * A query that the service would answer with 400. `message` is the text for the body's `message`: a JSON text
 * like `{"errors":[{"severity":"Error","location":{"start":7,"end":14},"code":"SC2005","message":"…"}]}`.
 * Source of the form: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.Negative.xml.
 */
export class QueryError extends Error {
  override readonly name: string = "QueryError";
  /** The HTTP status that goes with it. */
  readonly status = 400;
  readonly details: readonly QueryErrorDetail[];

  /** `plain` is the service's other form, `{"Errors":["…"]}`, which its query plan uses for some refusals. */
  constructor(details: readonly QueryErrorDetail[], form: "detailed" | "plain" = "detailed") {
    super(form === "detailed" ? detailedText(details) : plainText(details));
    this.details = details;
  }

  /** The first finding's code. */
  get code(): string | number | undefined {
    return this.details[0]?.code;
  }

  /** Where in the query text the first finding lies. */
  get location(): Span | undefined {
    return this.details[0]?.location;
  }
}

/** A query that does not parse. */
export class QuerySyntaxError extends QueryError {
  override readonly name = "QuerySyntaxError";
}

/** An error with one finding. */
export function queryError(
  code: string | number | undefined,
  message: string,
  location?: Span | undefined,
): QueryError {
  return new QueryError([{ code, message, location }]);
}

/** An error in the plain form. */
export function plainQueryError(message: string): QueryError {
  return new QueryError([{ message }], "plain");
}

/** SC1001: a token that cannot stand where it stands. */
export function incorrectSyntaxNear(token: string, location: Span): QuerySyntaxError {
  const message = `Syntax error, incorrect syntax near '${token}'.`;
  return new QuerySyntaxError([{ code: "SC1001", message, location }]);
}

function plainText(details: readonly QueryErrorDetail[]): string {
  return JSON.stringify({ Errors: details.map(({ message }) => message) });
}

function detailedText(details: readonly QueryErrorDetail[]): string {
  return JSON.stringify({
    errors: details.map(({ code, message, location }) => ({
      severity: "Error",
      location: location && { start: location.start, end: location.end },
      code,
      message,
    })),
  });
}
