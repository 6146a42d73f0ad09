import type { Command } from "commander";
import { Option } from "commander";
import { createApi } from "../api.ts";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "../checkpoint.ts";
import { type Batch, batches } from "../import/batches.ts";
import { checkPlaces } from "../import/checkPlaces.ts";
import { endedEarly } from "../import/endedEarly.ts";
import { readOn } from "../import/readOn.ts";
import { openReport, type Refusal } from "../import/refusals.ts";
import { clearReportPlace, reportPlace } from "../import/reportPlace.ts";
import { writeBatch } from "../import/writeBatch.ts";
import { inOrder } from "../inOrder.ts";
import { type Format, formats, openInput } from "../input/openInput.ts";
import { interruptible } from "../interrupt.ts";
import type { CommonOptions } from "../options.ts";
import { wholeNumber } from "../optionValues.ts";
import { createPersistence } from "../persist.ts";
import { progressBar } from "../progressBar.ts";
import { Refused, WrongUsage } from "../refused.ts";
import { countItems, jsonLine, showUsage } from "../show.ts";
import { keepHeapSmall } from "../smallHeap.ts";
import { tell, tellDone } from "../tell.ts";

interface ImportOptions extends CommonOptions {
  readonly format?: Format;
  readonly concurrency: number;
  readonly checkpoint?: string;
  readonly restart?: boolean;
  readonly report?: string;
  readonly force?: boolean;
  readonly patience: number;
}

/** How far an import is. */
interface ImportProgress {
  /** Records of the input that are settled, from its beginning on. */
  readonly records: number;
  readonly written: number;
  readonly refused: number;
  readonly requestCharge: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** The report's path: it belongs to the import, and no other file is ever taken for it. */
  readonly report?: string;
  readonly reportBytes: number;
}

const nothing: ImportProgress = {
  records: 0,
  written: 0,
  refused: 0,
  requestCharge: 0,
  elapsed: 0,
  reportBytes: 0,
};

/** Items and bytes that go in one request at most. */
const mostInRequest = { records: 250, bytes: 1024 * 1024 };

/** Requests that the items at once are spread over: two keep everybody busy, and more are worth it for many items. */
const requestsFor = (concurrency: number): number =>
  Math.min(concurrency, Math.max(2, Math.min(4, Math.floor(concurrency / 50))));

/** Refusals that standard error tells of; the report has them all. */
const mostShown = 10;

/** `items import <file>`: writes the items of a file, as many at once as the database takes. */
export function addImportItems(items: Command): void {
  items
    .command("import")
    .description("Write the items of a file: NDJSON or CSV, of any length")
    .argument("<file>", "the file, or - for standard input")
    .addOption(
      new Option("--format <format>", "the input's format (default: by the file's name)").choices(formats),
    )
    .option("--concurrency <n>", "items on their way at once", wholeNumber(1, 4_000), 400)
    .option("--checkpoint <path>", "where to keep how far it is (default: <file>.checkpoint)")
    .option("--restart", "begin anew, whatever the checkpoint says")
    .option("--report <path>", "where to tell of refused lines (default: <file>.refused.ndjson)")
    .option("--force", "write over a report that is there")
    .option("--patience <seconds>", "how long to wait for a server that is away", wholeNumber(0, 86_400), 60)
    .addHelpText(
      "after",
      `
An item that is there is written over, so that a line may be written twice with no harm. After Ctrl-C, a kill or an
outage the same command goes on where it was, with its report. Of lines with the same id, the last one stays.

A CSV has a line of column names first: id, pk, name, tags[], ttl, data.x. Lists have semicolons between elements.

Examples:
  cosmos-trpc items import items.ndjson
  cosmos-trpc items import people.csv --concurrency 200
  zcat items.ndjson.gz | cosmos-trpc items import - --format ndjson --report refused.ndjson`,
    )
    .action((source: string, _own: unknown, command: Command) =>
      importItems(source, command.optsWithGlobals<ImportOptions>()),
    );
}

async function importItems(source: string, options: ImportOptions): Promise<void> {
  keepHeapSmall();
  const { url, json } = options;
  const input = openInput(source, options.format);
  const { identity } = input;
  if (identity === undefined && (options.checkpoint !== undefined || options.restart === true)) {
    throw new WrongUsage("Standard input cannot be read twice: --checkpoint and --restart go with a file.");
  }
  const checkpointPath = options.checkpoint ?? (identity && `${source}.checkpoint`);
  const ownReport = identity && `${source}.refused.ndjson`;
  checkPlaces(identity?.path, { checkpoint: checkpointPath, report: options.report ?? ownReport });
  const checkpoint: Checkpoint<ImportProgress> =
    checkpointPath === undefined
      ? noCheckpoint
      : openCheckpoint<ImportProgress>(
          checkpointPath,
          { command: "import", input: identity, format: input.format, url: url.href },
          options.restart === true,
        );
  const before = checkpoint.begun ?? nothing;
  const reportPath = reportPlace({ given: options.report, byDefault: ownReport, kept: before.report });
  let progress: ImportProgress = reportPath === undefined ? before : { ...before, report: reportPath };
  if (reportPath !== undefined && before.reportBytes === 0) {
    clearReportPlace(
      reportPath,
      before.report !== undefined || options.report === undefined || options.force === true,
    );
  }
  if (before.records > 0) tell(`Goes on after record ${before.records.toLocaleString("en")}.`);
  const report = reportPath === undefined ? undefined : openReport(reportPath, before.reportBytes);
  const { api, usage } = createApi(url);
  const bar = progressBar();
  const partOf = (bytes: number): number | undefined => identity && bytes / Math.max(1, identity.size);
  let partBefore: number | undefined;
  let shown = 0;

  function refuse(refusal: Refusal): void {
    // Before the report is there: a kill leaves no report that nobody may go on with.
    if (report?.size() === 0) checkpoint.saveNow(progress);
    report?.add(refusal);
    shown += 1;
    if (report !== undefined && shown > mostShown) return;
    bar.clear();
    tell(`line ${refusal.line}: ${refusal.message}`);
    if (report !== undefined && shown === mostShown) tell(`Further ones are in ${report.path} only.`);
  }

  async function run(signal: AbortSignal): Promise<void> {
    const persistence = createPersistence(options.patience * 1_000, signal);
    const writing = { api, persistence, signal };
    async function write({ records, after, settle }: Batch) {
      await after;
      const refusals = await writeBatch(records, writing);
      settle();
      return { records, refusals };
    }
    const requests = requestsFor(options.concurrency);
    const perRequest = Math.min(mostInRequest.records, Math.floor(options.concurrency / requests));
    let brokenOff: { readonly error: unknown } | undefined;
    const records = readOn(input.records(signal), before.records, (error) => {
      brokenOff = { error };
    });
    const stream = batches(records, { ...mostInRequest, records: perRequest });
    const written = inOrder(stream, Math.floor(options.concurrency / perRequest), write);
    for await (const { records, refusals } of written) {
      signal.throwIfAborted();
      for (const refusal of refusals) if (refusal !== undefined) refuse(refusal);
      const refused = refusals.filter((refusal) => refusal !== undefined).length;
      const { requestCharge, elapsed } = usage();
      progress = {
        ...progress,
        records: progress.records + records.length,
        written: progress.written + records.length - refused,
        refused: progress.refused + refused,
        requestCharge: before.requestCharge + requestCharge,
        elapsed: before.elapsed + elapsed,
        reportBytes: report?.size() ?? 0,
      };
      checkpoint.save(progress);
      const part = partOf(records.at(-1)?.end ?? 0);
      partBefore ??= before.records > 0 ? part : 0;
      bar.show({
        items: progress.records - before.records,
        part,
        partBefore: partBefore ?? 0,
        requestCharge: progress.requestCharge,
      });
    }
    if (brokenOff !== undefined) throw brokenOff.error;
  }

  const goOn = (): string =>
    checkpointPath === undefined || progress.records === 0 ? "" : " The same command goes on from there.";
  try {
    await interruptible(run, () => {
      checkpoint.saveNow(progress);
      return `Stopped after ${describe(progress)}.${goOn()}`;
    });
  } catch (error) {
    if (progress.records > 0) checkpoint.saveNow(progress);
    throw endedEarly(error, url, `${describe(progress)}.${goOn()}`);
  } finally {
    bar.stop();
    report?.close();
  }
  checkpoint.remove();
  if (json === true) {
    const { written, refused, requestCharge, elapsed } = progress;
    const told = refused > 0 && report !== undefined ? { report: report.path } : {};
    process.stdout.write(
      jsonLine({ written, refused, requestCharge, elapsedMs: Math.round(elapsed), ...told }),
    );
  }
  if (progress.records === 0) throw new Refused("The input has no items.");
  tellDone(`${describe(progress)}: ${showUsage(progress)}`, json);
  if (progress.refused > 0) {
    const where = report === undefined ? "" : ` The reasons are in ${report.path}.`;
    throw new Refused(`${progress.refused} of ${countItems(progress.records)} were refused.${where}`);
  }
}

const describe = ({ written, refused }: ImportProgress): string =>
  `${countItems(written)} written${refused === 0 ? "" : `, ${refused.toLocaleString("en")} refused`}`;
