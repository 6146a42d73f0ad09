import { isStoreError } from "../errors.ts";

/** What mends a failure of the database, by its code: the commands that an operator of this server has. */
const remedies: Readonly<Record<string, string>> = {};

/** A failure as the log says it: what happened, and the command that mends it. */
export function operatorMessage(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const { code } = failure as { readonly code?: string };
  const remedy = isStoreError(failure) && code !== undefined ? remedies[code] : undefined;
  return remedy === undefined ? failure.message : `${failure.message} ${remedy}`;
}
