import { type Command, Help, Option } from "commander";
import { type ImportOptions, importDefaults, importItems } from "../import/importItems.ts";
import { showInput } from "../import/showInput.ts";
import { formats } from "../input/openInput.ts";
import { collect, parseColumn, parseDelimiter, wholeNumber } from "../optionValues.ts";
import { type EntityContext, examples, optionsOf } from "./entityCommand.ts";

interface Options extends ImportOptions {
  readonly column?: ImportOptions["columns"];
  readonly dryRun?: boolean;
}

/** `import <file>`: writes the items of a file. */
export function addImport(commands: Command, context: EntityContext): void {
  const { concurrency, patience } = importDefaults;
  const { columns } = context.entity;
  const names = columns.filter(({ isReadOnly }) => !isReadOnly);
  const heads = names.map(({ name, elements }) => (elements === undefined ? name : `${name}[]`));
  const command = commands
    .command("import")
    .description("Write the items of a file: NDJSON or CSV, of any length")
    .argument("<file>", "the file, or - for standard input")
    .addOption(
      new Option(
        "--format <format>",
        "the input's format (default: by the file's name, of - ndjson)",
      ).choices(formats),
    )
    .option("--dry-run", "show what would be written, and write nothing")
    .option(
      "--delimiter <char>",
      "what stands between a CSV's fields (default: as its first line has it)",
      parseDelimiter,
    )
    .option(
      "--column <name=path:type>",
      "where a CSV's column goes, and what it holds: string, number, boolean or json; may be repeated",
      collect(parseColumn),
    )
    .option("--concurrency <n>", "items on their way at once", wholeNumber(1, 4_000), concurrency)
    .option("--checkpoint <path>", "where to keep how far it is (default: <file>.checkpoint)")
    .option("--restart", "begin anew, whatever the checkpoint says")
    .option("--report <path>", "where to tell of refused lines (default: <file>.refused.ndjson)")
    .option("--force", "write over a report that is there")
    .option(
      "--patience <seconds>",
      "how long to wait for a server that is away",
      wholeNumber(0, 86_400),
      patience,
    );
  command
    .addHelpText(
      "after",
      `
An item that is there is written over, so that a line may be written twice with
no harm. After Ctrl-C, a kill or an outage the same command goes on where it
was, with its report. Of lines with the same id, the last one stays.

${new Help().boxWrap(`A CSV has a line of column names first: ${heads.join(", ")}. Lists have semicolons between elements.`, 80)}
${examples(
  context,
  `import ${context.name}.ndjson`,
  `import ${context.name}.csv --dry-run`,
  `import ${context.name}.csv --delimiter ";" --column "Name=${names.at(-1)?.name ?? "id"}"`,
  `import - --format csv --report refused.ndjson < ${context.name}.csv`,
)}`,
    )
    .action(async (source: string) => {
      const { column, dryRun, ...options } = optionsOf<Options>(command);
      const asked = column === undefined ? options : { ...options, columns: column };
      if (dryRun === true) await showInput(context, source, asked);
      else await importItems(context, source, asked);
    });
}
