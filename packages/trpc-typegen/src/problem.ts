/** One reason why a router's types cannot be written, and where to look. */
export interface Problem {
  /** The file it concerns, as an absolute path. */
  readonly file: string;
  /** Line and column, from 1; absent when the file as a whole is meant. */
  readonly position?: { readonly line: number; readonly column: number };
  /** The procedure's path in the router, such as `orders.get`, when one procedure is at fault. */
  readonly procedure?: string;
  /** The part of the procedure and the field in it, such as `output.owner.password`. */
  readonly field?: string;
  /** What is wrong, as a clause without the place. */
  readonly message: string;
}

/**
 * @param problem what went wrong
 * @param shownPath turns an absolute path into the one to show
 * @returns one line (a compiler's message may add indented ones): `file:line:column: procedure: field: message`
 */
export function formatProblem(problem: Problem, shownPath: (file: string) => string): string {
  const { position, procedure, field } = problem;
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  const subject = [procedure, field].filter((part) => part !== undefined && part !== "");
  return [`${shownPath(problem.file)}${place}`, ...subject, problem.message].join(": ");
}
