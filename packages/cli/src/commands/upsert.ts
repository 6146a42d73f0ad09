import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { Item, RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import yoctoSpinner from "yocto-spinner";
import { alone, createApi } from "../api.ts";
import { explain, isUnanswered, orRefused } from "../explain.ts";
import { inOrder } from "../inOrder.ts";
import { parseItem } from "../itemArgument.ts";
import type { CommonOptions } from "../options.ts";
import { type InputItem, readItems } from "../readItems.ts";
import { Refused, WrongUsage } from "../refused.ts";
import { countItems, jsonLine, printItem, showUsage } from "../show.ts";
import { tell, tellDone } from "../tell.ts";

type UpsertInput = RouterInputs["items"]["upsert"];

interface UpsertOptions extends CommonOptions {
  readonly file?: string;
  readonly ifMatch?: string;
}

/** Calls that are on their way at once while a file is read. */
const concurrency = 16;

/** `items upsert`: one item from the command line, or many from a file or standard input. */
export function addUpsertItems(items: Command): void {
  items
    .command("upsert")
    .description("Write items, whether they are there or not")
    .argument("[item]", "the item as JSON, or - to read items from standard input")
    .option("--file <path>", "read items from a file, one JSON object a line (NDJSON)")
    .option("--if-match <etag>", "write only over the version of this etag (one item)")
    .addHelpText(
      "after",
      `
Examples:
  cosmos-trpc items upsert '{"id":"ada","name":"Ada Lovelace","tags":["author"]}'
  cosmos-trpc items upsert --file items.ndjson
For a long file, items import is much faster, and resumes.`,
    )
    .action(async (item: string | undefined, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<UpsertOptions>();
      const { file, ifMatch } = options;
      if ((item === undefined) === (file === undefined)) {
        throw new WrongUsage("Name one source: an item as JSON, --file <path>, or - for standard input.");
      }
      if (item !== undefined && item !== "-") return upsertOne(item, options);
      if (ifMatch !== undefined) throw new WrongUsage("--if-match goes with one item on the command line.");
      return upsertMany(file === undefined ? process.stdin : createReadStream(file), options);
    });
}

async function upsertOne(text: string, { url, json, ifMatch }: UpsertOptions): Promise<void> {
  const item = parseItem(text);
  const { api, usage } = createApi(url);
  const condition: Pick<UpsertInput, "ifMatch"> = ifMatch === undefined ? {} : { ifMatch };
  const input = { ...item, ...condition } as UpsertInput;
  printItem(await orRefused(api.items.upsert.mutate(input, alone), url, usage), json, usage);
}

async function upsertMany(input: Readable, { url, json }: UpsertOptions): Promise<void> {
  const { api, usage } = createApi(url);
  const total = { written: 0, refused: 0 };
  const spinner = process.stderr.isTTY
    ? yoctoSpinner({ text: `${countItems(0)} written` }).start()
    : undefined;

  async function upsert({ line, value, problem }: InputItem): Promise<Item | string> {
    if (problem !== undefined) return `line ${line} ${problem}.`;
    try {
      return await api.items.upsert.mutate(value as UpsertInput, alone);
    } catch (error) {
      // Without a server every line would say so.
      if (isUnanswered(error)) throw new Refused(`line ${line}: ${explain(error, url)}`);
      return `line ${line}: ${explain(error, url)}`;
    }
  }

  try {
    for await (const result of inOrder(readItems(input), concurrency, upsert)) {
      if (typeof result === "string") {
        total.refused += 1;
        spinner?.clear();
        tell(result);
      } else {
        total.written += 1;
        if (json === true) process.stdout.write(jsonLine(result));
      }
      if (spinner !== undefined) spinner.text = `${countItems(total.written)} written`;
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`The input cannot be read: ${(error as Error).message}.`);
  } finally {
    spinner?.stop();
  }
  if (total.written + total.refused === 0) throw new Refused("The input has no items.");
  const refused = total.refused === 0 ? "" : `, ${total.refused} refused`;
  tellDone(`${countItems(total.written)} written${refused}: ${showUsage(usage())}`, json);
  if (total.refused > 0)
    throw new Refused(`${total.refused} of ${total.refused + total.written} items were refused.`);
}
