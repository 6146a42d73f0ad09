import type { Command } from "commander";
import { WrongUsage } from "../errors.ts";
import { importDefaults, importItems } from "../import/importItems.ts";
import { formatOf } from "../input/openInput.ts";
import { type EntityContext, exampleItem, examples, optionsOf } from "./entityCommand.ts";
import { type ConditionOptions, writeItem } from "./write.ts";

interface UpsertOptions extends ConditionOptions {
  readonly file?: string;
}

/** `upsert <item>`: writes an item, whether it is there or not. Of a file it is `import`. */
export function addUpsert(commands: Command, context: EntityContext): void {
  commands
    .command("upsert")
    .description("Write an item, whether it is there or not")
    .argument("[item]", "the item as JSON; - is import -")
    .option("--file <path>", "the same as import <path>, which has more options")
    .option("--if-match <etag>", "write only over the version of this etag (one item)")
    .addHelpText(
      "after",
      examples(context, `upsert '${exampleItem(context)}'`, `upsert --file ${context.name}.ndjson`),
    )
    .action(async (item: string | undefined, _own: unknown, command: Command) => {
      const options = optionsOf<UpsertOptions>(command);
      const { file, ifMatch } = options;
      if ((item === undefined) === (file === undefined)) {
        throw new WrongUsage("Name one source: an item as JSON, --file <path>, or - for standard input.");
      }
      if (item !== undefined && item !== "-") return writeItem(context, "upsert", item, command);
      if (ifMatch !== undefined) throw new WrongUsage("--if-match goes with one item on the command line.");
      const source = file ?? "-";
      return importItems(context, source, {
        ...importDefaults,
        ...options,
        format: formatOf(source) ?? "ndjson",
      });
    });
}
