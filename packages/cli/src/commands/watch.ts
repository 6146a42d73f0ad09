import { isApiError } from "@cosmos-trpc/client";
import type { Command } from "commander";
import type { WatchInput } from "../calls.ts";
import { addPartitionKey } from "../entity/keyOptions.ts";
import { Interrupted, ReaderGone, Refused } from "../errors.ts";
import { interruptible } from "../interrupt.ts";
import { followReader } from "../output.ts";
import { readCursor, writeCursor } from "../watch/cursorFile.ts";
import { watchEvents } from "../watch/watchEvents.ts";
import { type EntityContext, examples, optionsOf, showItems } from "./entityCommand.ts";

interface WatchOptions {
  readonly since?: string;
  readonly cursorFile?: string;
}

/** `watch`: items as they are written. */
export function addWatch(commands: Command, context: EntityContext): void {
  const { session, name, entity } = context;
  const command = commands
    .command("watch")
    .description("Show items as they are written: rows on a terminal, JSON lines elsewhere")
    .option("--since <when>", "beginning, now, a time (2026-01-31T12:00:00Z), or a cursor (default: now)")
    .option("--cursor-file <path>", "go on where this file says, and keep it up to date");
  const partitionKey = addPartitionKey(command, entity, "only items of this");
  command
    .addHelpText(
      "after",
      `
It ends with Ctrl-C, and says the cursor with which it goes on. Deletes are not
shown. Each change comes at least once: after a kill those that came since the
cursor file was written come again.
${examples(context, "watch", "watch --since beginning --json", "watch --cursor-file watch.cursor --json >> changes.ndjson")}`,
    )
    .action(async () => {
      const options = optionsOf<WatchOptions>(command);
      const { cursorFile } = options;
      const pk = partitionKey.prefix(options);
      const kept = cursorFile === undefined ? undefined : readCursor(cursorFile);
      const input: WatchInput = { ...(pk === undefined ? {} : { pk }), ...begin(options.since, kept) };
      const api = session.api(options);
      const show = showItems(context, options);
      let last = kept;

      async function run(signal: AbortSignal): Promise<void> {
        for await (const { cursor, items } of watchEvents(api.entity(name), input, signal)) {
          // Who has gone has not read it: then the cursor stays.
          await session.output.write(show(items));
          last = cursor;
          if (cursorFile !== undefined) writeCursor(cursorFile, cursor);
        }
      }

      const goOn = (): string => {
        if (cursorFile !== undefined) return "The same command goes on from there.";
        return last === undefined ? "" : `It goes on with --since ${last}`;
      };
      const unfollow = followReader(session);
      try {
        await interruptible(session, run, () => `Stopped. ${goOn()}`.trim());
      } catch (error) {
        if (error instanceof Refused || error instanceof Interrupted || error instanceof ReaderGone)
          throw error;
        // Such a cursor never goes on again: of a deleted container, or none at all.
        const isCursorRefused =
          cursorFile !== undefined && last !== undefined && isApiError(error, "invalid");
        const isSinceRefused =
          kept === undefined && input.lastEventId !== undefined && isApiError(error, "invalid");
        const mend = isCursorRefused
          ? ` Remove ${cursorFile} to begin anew.`
          : isSinceRefused
            ? " --since takes beginning, now, a time (2026-01-31T12:00:00Z), or a cursor."
            : "";
        throw new Refused(`${api.explain(error)}${mend}`);
      } finally {
        unfollow();
      }
    });
}

/** Where it begins: a cursor file counts more than `--since`, which is for its first run. */
function begin(since: string | undefined, kept: string | undefined): WatchInput {
  if (kept !== undefined) return { lastEventId: kept };
  if (since === undefined) return {};
  // What is no word and no time is a cursor: the server says so when it is none.
  return since === "beginning" || since === "now" || /^\d{4}-\d\d-\d\d/.test(since)
    ? { since }
    : { lastEventId: since };
}
