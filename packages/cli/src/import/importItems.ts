import { inOrder } from "@cosmos-trpc/base";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "../checkpoint.ts";
import type { EntityContext } from "../commands/entityCommand.ts";
import { Interrupted, ReaderGone, Refused, UnreadableInput, WrongUsage } from "../errors.ts";
import type { InputRecord } from "../input/inputRecord.ts";
import { type InputOptions, openInput } from "../input/openInput.ts";
import { interruptible } from "../interrupt.ts";
import { createPersistence } from "../persist.ts";
import type { CommonOptions } from "../session.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { countItems, partOfItems, showUsage } from "../terminal/show.ts";
import { type Batch, batches } from "./batches.ts";
import { checkPlaces } from "./checkPlaces.ts";
import { openReport, type Refusal } from "./refusals.ts";
import { clearReportPlace, reportPlace } from "./reportPlace.ts";
import { writeBatch } from "./writeBatch.ts";

/** What an import is asked for. */
export interface ImportOptions extends CommonOptions, InputOptions {
  readonly concurrency: number;
  readonly checkpoint?: string;
  readonly restart?: boolean;
  readonly report?: string;
  readonly force?: boolean;
  /** Seconds. */
  readonly patience: number;
}

/** What nobody has to say. */
export const importDefaults = { concurrency: 400, patience: 60 } as const;

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

/** Writes the items of a file, or of standard input for `-`, as many at once as the database takes. */
export async function importItems(
  { session, name, entity }: EntityContext,
  source: string,
  options: ImportOptions,
): Promise<void> {
  const input = openInput(source, options, entity, session.io.stdin);
  const api = session.api(options);
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
          {
            command: "import",
            entity: name,
            input: identity,
            format: input.format,
            url: api.url.href,
            delimiter: options.delimiter,
            columns: options.columns,
          },
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
  if (before.records > 0) session.tell(`Goes on after record ${before.records.toLocaleString("en")}.`);
  const report = reportPath === undefined ? undefined : openReport(reportPath, before.reportBytes);
  const bar = progressBar(session.io.stderr);
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
    session.tell(`line ${refusal.line}: ${refusal.message}`);
    if (report !== undefined && shown === mostShown) session.tell(`Further ones are in ${report.path} only.`);
  }

  async function run(signal: AbortSignal): Promise<void> {
    const maxOutage = options.patience * 1_000;
    const persistence = createPersistence(maxOutage, signal);
    const writing = { api: api.entity(name), persistence, signal };
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
    const stream = batches(records, { ...mostInRequest, records: perRequest }, entity);
    const written = inOrder(stream, { maxConcurrency: Math.floor(options.concurrency / perRequest) }, write);
    for await (const { records, refusals } of written) {
      signal.throwIfAborted();
      for (const refusal of refusals) if (refusal !== undefined) refuse(refusal);
      const refused = refusals.filter((refusal) => refusal !== undefined).length;
      const { requestCharge, elapsed } = api.usage();
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

  const reasons = (): string =>
    progress.refused > 0 && report !== undefined ? ` The reasons are in ${report.path}.` : "";
  const goOn = (): string =>
    checkpointPath === undefined || progress.records === 0 ? "" : " The same command goes on from there.";
  try {
    await interruptible(session, run, () => {
      checkpoint.saveNow(progress);
      return `Stopped after ${describe(progress)}.${reasons()}${goOn()}`;
    });
  } catch (error) {
    if (progress.records > 0) checkpoint.saveNow(progress);
    throw endedEarly(error, api.explain, `${describe(progress)}.${reasons()}${goOn()}`);
  } finally {
    bar.stop();
    report?.close();
  }
  checkpoint.remove();
  if (options.json === true) {
    const { written, refused, requestCharge, elapsed } = progress;
    const told = refused > 0 && report !== undefined ? { report: report.path } : {};
    await session.printJson({ written, refused, requestCharge, elapsedMs: Math.round(elapsed), ...told });
  }
  if (progress.records === 0) throw new Refused("The input has no items.");
  session.tellDone(`${describe(progress)}: ${showUsage(progress)}`, options);
  if (progress.refused > 0) {
    throw new Refused(`${partOfItems(progress.refused, progress.records, "refused")}.${reasons()}`);
  }
}

const describe = ({ written, refused }: ImportProgress): string =>
  `${countItems(written)} written${refused === 0 ? "" : `, ${refused.toLocaleString("en")} refused`}`;

/**
 * The records after the first `count`. What cannot be read on ends them and is told in the end, so that what stands
 * before it is written.
 */
async function* readOn(
  records: AsyncGenerator<InputRecord>,
  count: number,
  onEnd: (error: unknown) => void,
): AsyncGenerator<InputRecord> {
  let seen = 0;
  try {
    for await (const record of records) {
      seen += 1;
      if (seen > count) yield record;
    }
  } catch (error) {
    onEnd(error);
  }
}

/** Why the import ended before its end. */
function endedEarly(error: unknown, explain: (error: unknown) => string, state: string): unknown {
  if (error instanceof Interrupted || error instanceof ReaderGone) return error;
  if (error instanceof Refused || error instanceof WrongUsage) return error;
  return new Refused(`${readingProblem(error) ?? explain(error)} ${state}`);
}

/** Why an input cannot be read on, as a sentence; `undefined` where it is not the input's fault. */
export function readingProblem(error: unknown): string | undefined {
  if (error instanceof UnreadableInput) return error.message;
  const isOfSystem = error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined;
  return isOfSystem ? `The input cannot be read: ${error.message}.` : undefined;
}
