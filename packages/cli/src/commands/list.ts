import type { Item, ItemsClient, RouterOutputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { orRefused } from "../explain.ts";
import type { ListInput } from "../listInput.ts";
import { addSelection, type SelectionOptions, toSelection, whereHelp } from "../listOptions.ts";
import type { CommonOptions } from "../options.ts";
import { wholeNumber } from "../optionValues.ts";
import { standardOutput } from "../output.ts";
import { WrongUsage } from "../refused.ts";
import { countItems, jsonLine, showUsage } from "../show.ts";
import { showExplain } from "../showExplain.ts";
import { keepHeapSmall } from "../smallHeap.ts";
import { itemTable } from "../table.ts";
import { tell, tellDone } from "../tell.ts";

interface ListOptions extends CommonOptions, SelectionOptions {
  readonly limit?: number;
  readonly all?: boolean;
  readonly cursor?: string;
  readonly explain?: boolean;
}

type Page = RouterOutputs["items"]["list"];

/** Items that are shown when nobody says how many, and that one page may have. */
const defaultLimit = 100;
const mostInPage = 1_000;

/** `items list`: items by filters, in an order. */
export function addListItems(items: Command): void {
  const command = items
    .command("list")
    .description("List items: a table on a terminal, JSON lines elsewhere");
  addSelection(command)
    .option("--limit <n>", `how many items at most (default: ${defaultLimit})`, wholeNumber(1, 1_000_000_000))
    .option("--all", "all items, however many")
    .option("--cursor <cursor>", "go on where an earlier list ended")
    .option("--explain", "say on standard error what it cost, which indexes it used and which would help")
    .addHelpText(
      "after",
      `
${whereHelp}

Examples:
  cosmos-trpc items list --where "name startsWith A" --where "tags contains author"
  cosmos-trpc items list --pk shelf --where "data.stock <= 3" --order-by data.stock:desc --explain
  cosmos-trpc items list --where "data.color in red,blue" --all --json > items.ndjson`,
    )
    .action((_own: unknown, own: Command) => listItems(own.optsWithGlobals<ListOptions>()));
}

async function listItems(options: ListOptions): Promise<void> {
  keepHeapSmall();
  const { url, cursor, explain } = options;
  if (options.all === true && options.limit !== undefined) throw new WrongUsage("Either --limit or --all.");
  const isForPeople = options.json !== true && process.stdout.isTTY === true;
  const { api, usage } = createApi(url);
  const most = options.all === true ? Number.POSITIVE_INFINITY : (options.limit ?? defaultLimit);
  const input: ListInput = {
    ...toSelection(options),
    ...(cursor === undefined ? {} : { cursor }),
    ...(explain === true ? { explain } : {}),
  };
  const show = isForPeople ? itemTable() : jsonLines;
  const output = standardOutput();
  let listed = 0;
  let use: Page["explain"];
  let rest: string | undefined;
  const pages = listPages(api, input, () => most - listed);
  for (;;) {
    const { done, value: page } = await orRefused(pages.next(), url, usage);
    if (done === true) break;
    listed += page.items.length;
    use ??= page.explain;
    rest = page.cursor;
    if (!(await output.write(show(page.items)))) return;
  }
  if (use !== undefined && options.json === true) {
    // A machine reads standard error too, then: a sentence beside the line would be none of its language.
    process.stderr.write(
      jsonLine({ requestCharge: usage().requestCharge, explain: use, ...(rest && { cursor: rest }) }),
    );
    return;
  }
  if (process.stderr.isTTY) tellDone(`${countItems(listed)}: ${showUsage(usage())}`, options.json);
  // Told wherever the output goes: a list that was cut looks like a whole one.
  if (rest !== undefined) tell(`There are more: --all, a larger --limit, or --cursor ${rest}`);
  if (use !== undefined) process.stderr.write(`charge      ${showUsage(usage())}\n${showExplain(use)}`);
}

/** The pages of a list, one after the other, until there are enough items. */
async function* listPages(api: ItemsClient, input: ListInput, left: () => number): AsyncGenerator<Page> {
  let request = input;
  while (left() > 0) {
    const page = await api.items.list.query({ ...request, limit: Math.min(mostInPage, left()) }, alone);
    yield page;
    if (page.cursor === undefined) return;
    request = { ...input, cursor: page.cursor };
  }
}

const jsonLines = (items: readonly Item[]): string => items.map(jsonLine).join("");
