import { resolve } from "node:path";
import { isApiError } from "@cosmos-trpc/client";
import { type Command, Option } from "commander";
import { alone, type ListInput } from "../calls.ts";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "../checkpoint.ts";
import {
  addSelection,
  exampleConditions,
  type SelectionOptions,
  selectionName,
  whereHelp,
} from "../entity/selection.ts";
import { Interrupted, ReaderGone, Refused, WrongUsage } from "../errors.ts";
import { itemWriter } from "../export/itemWriter.ts";
import { type OutputFile, openOutputFile, refuseExisting, requireFolder } from "../export/outputFile.ts";
import { type Format, formatOf, formats } from "../input/openInput.ts";
import { interruptible } from "../interrupt.ts";
import { parseDelimiter, wholeNumber } from "../optionValues.ts";
import { createPersistence } from "../persist.ts";
import type { CommonOptions } from "../session.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { countItems, jsonLine, leftOut, showUsage } from "../terminal/show.ts";
import { type EntityContext, examples, optionsOf } from "./entityCommand.ts";

interface ExportOptions extends CommonOptions, SelectionOptions {
  readonly format?: Format;
  readonly columns?: readonly string[];
  readonly delimiter?: string;
  readonly checkpoint?: string;
  readonly restart?: boolean;
  readonly force?: boolean;
  readonly patience: number;
}

/** How far an export is. */
interface ExportProgress {
  readonly items: number;
  /** Documents that were left out, since they do not fit the schema. */
  readonly unfit: number;
  /** Bytes of the file that hold just these items. */
  readonly bytes: number;
  /** Where the next page begins; the first one has none. */
  readonly cursor?: string;
  readonly requestCharge: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Where the items go. */
interface Target extends Pick<OutputFile, "write"> {
  size(): number;
  close(): void;
}

/** Items that are asked for at once. */
const pageSize = 500;

/** `export [file]`: writes items to a file or to standard output. */
export function addExport(commands: Command, context: EntityContext): void {
  const { entity, what } = context;
  const command = commands
    .command("export")
    .description("Write items to a file, or to standard output: NDJSON or CSV, of any length")
    .argument("[file]", "the file, or - for standard output", "-")
    .addOption(
      new Option("--format <format>", "the output's format (default: by the file's name)").choices(formats),
    )
    .option("--columns <names>", "the columns of a CSV, with commas between them", (text: string) =>
      text.split(","),
    )
    .option("--delimiter <char>", "what stands between a CSV's fields (default: a comma)", parseDelimiter)
    .option("--checkpoint <path>", "where to keep how far it is (default: <file>.checkpoint)")
    .option("--restart", "begin anew, whatever the checkpoint says, over the file that is there")
    .option("--force", "write over a file that is there")
    .option("--patience <seconds>", "how long to wait for a server that is away", wholeNumber(0, 86_400), 60);
  const toSelection = addSelection(command, entity, what);
  const columns = entity.columns.slice(0, 3).map(({ name, elements }) => (elements ? `${name}[]` : name));
  command
    .addHelpText(
      "after",
      `
${whereHelp(entity)}

After Ctrl-C, a kill or an outage the same command goes on where it was: nothing
is lost, and nothing doubled.
${examples(
  context,
  `export ${context.name}.ndjson`,
  `export ${context.name}.csv --columns "${columns.join(",")}"`,
  `export ${exampleConditions(entity)[0]} | gzip > ${context.name}.ndjson.gz`,
)}`,
    )
    .action((file: string) => {
      const options = optionsOf<ExportOptions>(command);
      return exportItems(context, file, options, toSelection(options));
    });
}

async function exportItems(
  { session, name, entity }: EntityContext,
  file: string,
  options: ExportOptions,
  selection: ListInput,
): Promise<void> {
  const { columns, delimiter, restart = false, force = false } = options;
  const maxOutage = options.patience * 1_000;
  const isFile = file !== "-";
  const format = options.format ?? (isFile ? formatOf(file) : "ndjson");
  if (format === undefined)
    throw new WrongUsage(`What format shall ${file} have? Say it with --format ndjson or csv.`);
  if (format !== "csv" && columns !== undefined) throw new WrongUsage("--columns goes with a CSV.");
  if (format !== "csv" && delimiter !== undefined) throw new WrongUsage("--delimiter goes with a CSV.");
  if (!isFile && (options.checkpoint !== undefined || restart || force)) {
    throw new WrongUsage(
      "--checkpoint, --restart and --force go with a file: nobody can take back what was printed.",
    );
  }
  const api = session.api(options);
  const writer = itemWriter(format, entity, { columns, delimiter });
  const checkpointPath = options.checkpoint ?? `${file}.checkpoint`;
  if (isFile && resolve(checkpointPath) === resolve(file)) {
    throw new WrongUsage(`The checkpoint cannot be the output's file, ${resolve(file)}.`);
  }
  if (isFile) requireFolder(resolve(file));
  const task = {
    command: "export",
    entity: name,
    output: resolve(file),
    url: api.url.href,
    format,
    columns,
    delimiter,
    selection,
  };
  const checkpoint: Checkpoint<ExportProgress> = isFile
    ? openCheckpoint<ExportProgress>(checkpointPath, task, restart)
    : noCheckpoint;
  const { begun } = checkpoint;
  if (isFile && begun === undefined && !force && !restart) refuseExisting(resolve(file));
  if (begun !== undefined && begun.items > 0) session.tell(`Goes on after ${countItems(begun.items)}.`);

  const bar = progressBar(session.io.stderr);
  /** None before the first page has come: what a file has stays until there is something to put in its place. */
  let target: Target | undefined;
  let items = begun?.items ?? 0;
  let unfit = begun?.unfit ?? 0;
  let cursor = begun?.cursor;
  let isDone = false;

  const spent = () => ({
    requestCharge: (begun?.requestCharge ?? 0) + api.usage().requestCharge,
    elapsed: (begun?.elapsed ?? 0) + api.usage().elapsed,
  });
  const progress = (): ExportProgress => ({
    items,
    unfit,
    bytes: target?.size() ?? begun?.bytes ?? 0,
    ...(cursor === undefined ? {} : { cursor }),
    ...spent(),
  });

  async function begin(): Promise<Target> {
    const opened = isFile
      ? openFile(resolve(file), checkpoint)
      : { write: session.output.write, size: () => 0, close: () => undefined };
    if (opened.size() === 0) await opened.write(writer.head);
    return opened;
  }

  async function run(signal: AbortSignal): Promise<void> {
    const persistence = createPersistence(maxOutage, signal);
    do {
      const request = { ...selection, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      const page = await persistence.call(() => api.entity(name).list.query(request, { ...alone, signal }));
      target ??= await begin();
      await target.write(page.items.map((item) => writer.write(item)).join(""));
      items += page.items.length;
      unfit += page.unfit ?? 0;
      cursor = page.cursor;
      isDone = cursor === undefined;
      if (!isDone) checkpoint.save(progress());
      bar.show({ items: items - (begun?.items ?? 0), requestCharge: spent().requestCharge });
      if (!isDone) signal.throwIfAborted();
    } while (!isDone);
  }

  /** Before its file is begun an export has nothing to go on with: the same command begins it. */
  const keep = (): void => {
    if (target !== undefined) checkpoint.saveNow(progress());
  };
  const isBegun = (): boolean => isFile && (target !== undefined || begun !== undefined);
  const state = (): string =>
    `${countItems(items)} written.${isBegun() ? " The same command goes on from there." : ""}`;
  try {
    await interruptible(session, run, () => {
      keep();
      return `Stopped after ${state()}`;
    });
  } catch (error) {
    if (error instanceof Interrupted || error instanceof ReaderGone) throw error;
    const reason = api.explain(error, selectionName(options));
    // Conditions that the server does not take, for instance.
    if (isFile && !isBegun() && isApiError(error, "invalid")) throw new Refused(reason);
    keep();
    if (isFile && isApiError(error, "invalid")) {
      throw new Refused(`${reason} ${countItems(items)} written. Begin anew with --restart.`);
    }
    throw new Refused(`${reason} ${state()}`);
  } finally {
    bar.stop();
    target?.close();
  }
  checkpoint.remove();
  const { requestCharge, elapsed } = spent();
  if (options.json === true && (isFile || unfit > 0)) {
    const told = {
      written: items,
      requestCharge,
      elapsedMs: Math.round(elapsed),
      ...(unfit > 0 && { unfit }),
    };
    // Standard output has the items alone.
    if (isFile) await session.printJson(told);
    else session.io.stderr.write(jsonLine(told));
  }
  // A pipe's other end may be a job that nobody watches, and its data are all that it asked for.
  if (isFile || session.io.stderr.isTTY) {
    session.tellDone(`${countItems(items)} written: ${showUsage({ requestCharge, elapsed })}`, options);
  }
  if (unfit > 0) throw leftOut(unfit);
}

/** Opens the file where its checkpoint says, or anew. */
function openFile(path: string, checkpoint: Checkpoint<ExportProgress>): OutputFile {
  const { begun } = checkpoint;
  if (begun !== undefined) return openOutputFile(path, begun.bytes);
  // Before the file is there: a kill leaves no file that nobody may go on with.
  checkpoint.saveNow({ items: 0, unfit: 0, bytes: 0, requestCharge: 0, elapsed: 0 });
  try {
    return openOutputFile(path, 0);
  } catch (error) {
    checkpoint.remove();
    throw error;
  }
}
