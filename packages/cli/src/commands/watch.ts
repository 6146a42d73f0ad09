import { isItemsError } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { createApi } from "../api.ts";
import { explain } from "../explain.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import type { CommonOptions } from "../options.ts";
import { standardOutput } from "../output.ts";
import { Refused } from "../refused.ts";
import { jsonLine } from "../show.ts";
import { keepHeapSmall } from "../smallHeap.ts";
import { itemTable } from "../table.ts";
import { readCursor, writeCursor } from "../watch/cursorFile.ts";
import { type WatchInput, watchEvents } from "../watch/watchEvents.ts";

interface WatchOptions extends CommonOptions {
  readonly pk?: string;
  readonly since?: string;
  readonly cursorFile?: string;
}

/** `items watch`: items as they are written. */
export function addWatchItems(items: Command): void {
  items
    .command("watch")
    .description("Show items as they are written: rows on a terminal, JSON lines elsewhere")
    .option("--pk <value>", "only items of this partition key")
    .option("--since <when>", "beginning, now, a time (2026-01-31T12:00:00Z), or a cursor (default: now)")
    .option("--cursor-file <path>", "go on where this file says, and keep it up to date")
    .addHelpText(
      "after",
      `
It ends with Ctrl-C, and says the cursor with which it goes on. Deletes are not shown. Each change comes at least once:
after a kill those that came since the cursor file was written come again.

Examples:
  cosmos-trpc items watch
  cosmos-trpc items watch --pk shelf --since beginning --json
  cosmos-trpc items watch --cursor-file watch.cursor --json >> changes.ndjson`,
    )
    .action((_own: unknown, command: Command) => watchItems(command.optsWithGlobals<WatchOptions>()));
}

async function watchItems(options: WatchOptions): Promise<void> {
  keepHeapSmall();
  const { url, pk, cursorFile } = options;
  const kept = cursorFile === undefined ? undefined : readCursor(cursorFile);
  const input: WatchInput = { ...(pk === undefined ? {} : { pk }), ...begin(options.since, kept) };
  const isForPeople = options.json !== true && process.stdout.isTTY === true;
  const { api } = createApi(url);
  const output = standardOutput();
  const rows = itemTable();
  let last = kept;

  async function run(signal: AbortSignal): Promise<void> {
    for await (const { cursor, items } of watchEvents(api, input, signal)) {
      const isRead = await output.write(isForPeople ? rows(items) : items.map(jsonLine).join(""));
      // Who has gone has not read it.
      if (!isRead) return;
      last = cursor;
      if (cursorFile !== undefined) writeCursor(cursorFile, cursor);
    }
  }

  const goOn = (): string => {
    if (cursorFile !== undefined) return `The same command goes on from there.`;
    return last === undefined ? "" : `It goes on with --since ${last}`;
  };
  try {
    await interruptible(run, () => `Stopped. ${goOn()}`.trim());
  } catch (error) {
    if (error instanceof Refused || error instanceof Interrupted) throw error;
    // Such a cursor never goes on again: of a deleted container, or none at all.
    const isCursorRefused = cursorFile !== undefined && last !== undefined && isItemsError(error, "invalid");
    const isSinceRefused =
      kept === undefined && input.lastEventId !== undefined && isItemsError(error, "invalid");
    const mend = isCursorRefused
      ? ` Remove ${cursorFile} to begin anew.`
      : isSinceRefused
        ? " --since takes beginning, now, a time (2026-01-31T12:00:00Z), or a cursor."
        : "";
    throw new Refused(`${explain(error, url)}${mend}`);
  }
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
