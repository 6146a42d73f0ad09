import { explain } from "../explain.ts";
import { UnreadableInput } from "../input/inputRecord.ts";
import { Interrupted } from "../interrupt.ts";
import { Refused } from "../refused.ts";

/** Why the import ended before its end. */
export function endedEarly(error: unknown, url: URL, state: string): unknown {
  if (error instanceof Interrupted) return error;
  if (error instanceof UnreadableInput) return new Refused(`${error.message} ${state}`);
  if (error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined) {
    return new Refused(`The input cannot be read: ${error.message}. ${state}`);
  }
  return error instanceof Refused ? error : new Refused(`${explain(error, url)} ${state}`);
}
