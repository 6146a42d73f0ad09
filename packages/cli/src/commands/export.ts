import { resolve } from "node:path";
import { isItemsError } from "@cosmos-trpc/client";
import { type Command, Option } from "commander";
import { alone, createApi } from "../api.ts";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "../checkpoint.ts";
import { explain } from "../explain.ts";
import { itemWriter } from "../export/itemWriter.ts";
import { type OutputFile, openOutputFile, refuseExisting } from "../export/outputFile.ts";
import { type Format, formatOf, formats } from "../input/openInput.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { addSelection, type SelectionOptions, toSelection, whereHelp } from "../listOptions.ts";
import type { CommonOptions } from "../options.ts";
import { wholeNumber } from "../optionValues.ts";
import { type Output, standardOutput } from "../output.ts";
import { createPersistence } from "../persist.ts";
import { progressBar } from "../progressBar.ts";
import { Refused, WrongUsage } from "../refused.ts";
import { countItems, jsonLine, showUsage } from "../show.ts";
import { keepHeapSmall } from "../smallHeap.ts";
import { tell, tellDone } from "../tell.ts";

interface ExportOptions extends CommonOptions, SelectionOptions {
  readonly format?: Format;
  readonly columns?: readonly string[];
  readonly checkpoint?: string;
  readonly restart?: boolean;
  readonly force?: boolean;
  readonly patience: number;
}

/** How far an export is. */
interface ExportProgress {
  readonly items: number;
  /** Bytes of the file that hold just these items. */
  readonly bytes: number;
  /** Where the next page begins; the first one has none. */
  readonly cursor?: string;
  readonly requestCharge: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Where the items go. */
interface Target extends Output {
  size(): number;
  close(): void;
}

/** Items that are asked for at once. */
const pageSize = 500;

/** `items export [file]`: writes items to a file or to standard output. */
export function addExportItems(items: Command): void {
  const command = items
    .command("export")
    .description("Write items to a file, or to standard output: NDJSON or CSV, of any length")
    .argument("[file]", "the file, or - for standard output", "-")
    .addOption(
      new Option("--format <format>", "the output's format (default: by the file's name)").choices(formats),
    )
    .option("--columns <names>", "the columns of a CSV, with commas between them", (text: string) =>
      text.split(","),
    );
  addSelection(command)
    .option("--checkpoint <path>", "where to keep how far it is (default: <file>.checkpoint)")
    .option("--restart", "begin anew, whatever the checkpoint says, over the file that is there")
    .option("--force", "write over a file that is there")
    .option("--patience <seconds>", "how long to wait for a server that is away", wholeNumber(0, 86_400), 60)
    .addHelpText(
      "after",
      `
${whereHelp}
After Ctrl-C, a kill or an outage the same command goes on where it was: nothing is lost, and nothing doubled.

Examples:
  cosmos-trpc items export items.ndjson
  cosmos-trpc items export shelf.csv --pk shelf --columns "id,name,tags[],data.stock"
  cosmos-trpc items export --where "name startsWith A" | gzip > items.ndjson.gz`,
    )
    .action((file: string, _own: unknown, own: Command) =>
      exportItems(file, own.optsWithGlobals<ExportOptions>()),
    );
}

async function exportItems(file: string, options: ExportOptions): Promise<void> {
  keepHeapSmall();
  const { url, json, columns, restart = false, force = false } = options;
  const isFile = file !== "-";
  const format = options.format ?? (isFile ? formatOf(file) : "ndjson");
  if (format === undefined)
    throw new WrongUsage(`What format shall ${file} have? Say it with --format ndjson or csv.`);
  if (columns !== undefined && format !== "csv") throw new WrongUsage("--columns goes with a CSV.");
  if (!isFile && (options.checkpoint !== undefined || restart || force)) {
    throw new WrongUsage(
      "--checkpoint, --restart and --force go with a file: nobody can take back what was printed.",
    );
  }
  const writer = itemWriter(format, columns);
  const selection = toSelection(options);
  const checkpointPath = options.checkpoint ?? `${file}.checkpoint`;
  if (isFile && resolve(checkpointPath) === resolve(file)) {
    throw new WrongUsage(`The checkpoint cannot be the output's file, ${resolve(file)}.`);
  }
  const task = { command: "export", output: resolve(file), url: url.href, format, columns, selection };
  const checkpoint: Checkpoint<ExportProgress> = isFile
    ? openCheckpoint<ExportProgress>(checkpointPath, task, restart)
    : noCheckpoint;
  const { begun } = checkpoint;
  if (isFile && begun === undefined && !force && !restart) refuseExisting(resolve(file));
  if (begun !== undefined && begun.items > 0) tell(`Goes on after ${countItems(begun.items)}.`);

  const { api, usage } = createApi(url);
  const bar = progressBar();
  /** None before the first page has come: what a file has stays until there is something to put in its place. */
  let target: Target | undefined;
  let items = begun?.items ?? 0;
  let cursor = begun?.cursor;
  let isRead = true;
  let isDone = false;

  const spent = () => ({
    requestCharge: (begun?.requestCharge ?? 0) + usage().requestCharge,
    elapsed: (begun?.elapsed ?? 0) + usage().elapsed,
  });
  const progress = (): ExportProgress => ({
    items,
    bytes: target?.size() ?? begun?.bytes ?? 0,
    ...(cursor === undefined ? {} : { cursor }),
    ...spent(),
  });

  async function begin(): Promise<Target> {
    const opened = isFile
      ? openFile(resolve(file), checkpoint)
      : { ...standardOutput(), size: () => 0, close: () => undefined };
    if (opened.size() === 0) await opened.write(writer.head);
    return opened;
  }

  async function run(signal: AbortSignal): Promise<void> {
    const persistence = createPersistence(options.patience * 1_000, signal);
    do {
      const request = { ...selection, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      const page = await persistence.call(() => api.items.list.query(request, { ...alone, signal }));
      target ??= await begin();
      isRead = await target.write(page.items.map((item) => writer.write(item)).join(""));
      items += page.items.length;
      cursor = page.cursor;
      isDone = cursor === undefined;
      if (!isDone) checkpoint.save(progress());
      bar.show({ items: items - (begun?.items ?? 0), requestCharge: spent().requestCharge });
      if (!isDone) signal.throwIfAborted();
    } while (!isDone && isRead);
  }

  /** Before its file is begun an export has nothing to go on with: the same command begins it. */
  const keep = (): void => {
    if (target !== undefined) checkpoint.saveNow(progress());
  };
  const isBegun = (): boolean => isFile && (target !== undefined || begun !== undefined);
  const state = (): string =>
    `${countItems(items)} written.${isBegun() ? " The same command goes on from there." : ""}`;
  try {
    await interruptible(run, () => {
      keep();
      return `Stopped after ${state()}`;
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // Conditions that the server does not take, for instance.
    if (isFile && !isBegun() && isItemsError(error, "invalid")) throw new Refused(explain(error, url));
    keep();
    if (isFile && isItemsError(error, "invalid")) {
      throw new Refused(`${explain(error, url)} ${countItems(items)} written. Begin anew with --restart.`);
    }
    throw new Refused(`${explain(error, url)} ${state()}`);
  } finally {
    bar.stop();
    target?.close();
  }
  checkpoint.remove();
  const { requestCharge, elapsed } = spent();
  if (isFile && json === true) {
    process.stdout.write(jsonLine({ written: items, requestCharge, elapsedMs: Math.round(elapsed) }));
  }
  // A pipe's other end may be a job that nobody watches, and its data are all that it asked for.
  if (isFile || (process.stderr.isTTY && isRead)) {
    tellDone(`${countItems(items)} written: ${showUsage({ requestCharge, elapsed })}`, json);
  }
}

/** Opens the file where its checkpoint says, or anew. */
function openFile(path: string, checkpoint: Checkpoint<ExportProgress>): OutputFile {
  const { begun } = checkpoint;
  if (begun !== undefined) return openOutputFile(path, begun.bytes);
  // Before the file is there: a kill leaves no file that nobody may go on with.
  checkpoint.saveNow({ items: 0, bytes: 0, requestCharge: 0, elapsed: 0 });
  try {
    return openOutputFile(path, 0);
  } catch (error) {
    checkpoint.remove();
    throw error;
  }
}
