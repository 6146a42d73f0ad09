import type { Command } from "commander";
import { alone, type EntityApi, type ListInput, type Page } from "../calls.ts";
import {
  addSelection,
  exampleConditions,
  type SelectionOptions,
  selectionName,
  whereHelp,
} from "../entity/selection.ts";
import { WrongUsage } from "../errors.ts";
import { wholeNumber } from "../optionValues.ts";
import { countItems, jsonLine, leftOut, showUsage } from "../terminal/show.ts";
import { showExplain } from "../terminal/showExplain.ts";
import { type EntityContext, examples, optionsOf, showItems } from "./entityCommand.ts";

interface ListOptions extends SelectionOptions {
  readonly limit?: number;
  readonly all?: boolean;
  readonly cursor?: string;
  readonly explain?: boolean;
}

/** Items that are shown when nobody says how many, and that one page may have. */
const defaultLimit = 100;
const mostInPage = 1_000;

/** `list`: items by filters, in an order. */
export function addList(commands: Command, context: EntityContext): void {
  const { session, name, entity, what } = context;
  const command = commands
    .command("list")
    .description("List items: a table on a terminal, JSON lines elsewhere")
    .option("--limit <n>", `how many items at most (default: ${defaultLimit})`, wholeNumber(1, 1_000_000_000))
    .option("--all", "all items, however many")
    .option("--cursor <cursor>", "go on where an earlier list ended")
    .option("--explain", "say on standard error what it cost, which indexes it used and which would help");
  const toSelection = addSelection(command, entity, what);
  const [first = "", second = first] = exampleConditions(entity);
  command
    .addHelpText(
      "after",
      `\n${whereHelp(entity)}\n${examples(context, `list ${first}`, `list ${second} --explain`, `list --all --json > ${context.name}.ndjson`)}`,
    )
    .action(async () => {
      const options = optionsOf<ListOptions>(command);
      if (options.all === true && options.limit !== undefined)
        throw new WrongUsage("Either --limit or --all.");
      const most = options.all === true ? Number.POSITIVE_INFINITY : (options.limit ?? defaultLimit);
      const input: ListInput = {
        ...toSelection(options),
        ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
        ...(options.explain === true ? { explain: true } : {}),
      };
      const api = session.api(options);
      const { stderr } = session.io;
      const show = showItems(context, options);
      let listed = 0;
      let unfit = 0;
      let use: Page["explain"];
      let rest: string | undefined;
      const pages = listPages(api.entity(name), input, () => most - listed, session.output.signal);
      for await (const page of api.eachOrRefused(pages, selectionName(options))) {
        listed += page.items.length;
        unfit += page.unfit ?? 0;
        use ??= page.explain;
        rest = page.cursor;
        await session.output.write(show(page.items));
      }
      const usage = api.usage();
      if ((use !== undefined || unfit > 0) && options.json === true) {
        // A machine reads standard error too, then: what is told is a line of its language.
        const { requestCharge } = usage;
        stderr.write(
          jsonLine({
            requestCharge,
            ...(use && { explain: use }),
            ...(rest && { cursor: rest }),
            ...(unfit > 0 && { unfit }),
          }),
        );
      } else {
        if (stderr.isTTY) session.tellDone(`${countItems(listed)}: ${showUsage(usage)}`, options);
        // Told wherever the output goes: a list that was cut looks like a whole one.
        if (rest !== undefined) session.tell(`There are more: --all, a larger --limit, or --cursor ${rest}`);
        if (use !== undefined) stderr.write(`charge      ${showUsage(usage)}\n${showExplain(use)}`);
      }
      if (unfit > 0) throw leftOut(unfit);
    });
}

/** The pages of a list, one after the other, until there are enough items. */
async function* listPages(
  api: EntityApi,
  input: ListInput,
  left: () => number,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let request = input;
  while (left() > 0) {
    const limit = Math.min(mostInPage, left());
    const page = await api.list.query({ ...request, limit }, { ...alone, signal });
    yield page;
    if (page.cursor === undefined) return;
    request = { ...input, cursor: page.cursor };
  }
}
