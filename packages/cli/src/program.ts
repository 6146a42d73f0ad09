import type { Manifest } from "@cosmos-trpc/base";
import { Command, CommanderError, Help, Option } from "commander";
import { parseUrl, urlVariable, usualUrl } from "./api.ts";
import { addDelete } from "./commands/delete.ts";
import type { EntityContext } from "./commands/entityCommand.ts";
import { addExport } from "./commands/export.ts";
import { addGet } from "./commands/get.ts";
import { addImport } from "./commands/import.ts";
import { addList } from "./commands/list.ts";
import { addPatch } from "./commands/patch.ts";
import { addUpsert } from "./commands/upsert.ts";
import { addWatch } from "./commands/watch.ts";
import { addCreate, addReplace } from "./commands/write.ts";
import { addCompletion } from "./completion.ts";
import { suggestion } from "./entity/fields.ts";
import { Interrupted, ReaderGone, Refused, WrongUsage } from "./errors.ts";
import type { CliOptions } from "./options.ts";
import type { Io } from "./output.ts";
import { addProcedure } from "./procedures/procedureCommand.ts";
import { type CommonOptions, costOf, createSession, type Session } from "./session.ts";
import { printable, printableLines } from "./terminal/show.ts";

/** Exit codes: 0 done, 1 refused by the server or no server, 2 wrong usage; interrupted as shells have it. */
export const exitCodes = { done: 0, refused: 1, usage: 2 } as const;

/** The commands of an entity; what its router has beside these procedures is a team's own. */
const entityCommands = [
  addGet,
  addList,
  addCreate,
  addUpsert,
  addReplace,
  addPatch,
  addDelete,
  addImport,
  addExport,
  addWatch,
] as const;

const entityProcedures: readonly string[] = [
  ..."get getMany list create upsert replace patch delete bulk watch".split(" "),
];

/**
 * Runs a command line.
 *
 * @param argv the words after the command's name
 * @param onFailure is told when standard output cannot be written for another reason than that its reader is gone
 * @returns the exit code
 */
export async function run(
  options: CliOptions,
  argv: readonly string[],
  io: Io,
  onFailure: (error: Error) => void = () => undefined,
): Promise<number> {
  const session = createSession(options, io, onFailure);
  const program = createProgram(options, session);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof ReaderGone || session.output.signal.aborted) return exitCodes.done;
    // Commander has printed what is wrong; asked for help, it ends with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { message, code } = ending(error, program.opts<CommonOptions>());
    session.io.stderr.write(`${session.name}: ${printable(message)}\n`);
    if (code === undefined) throw error;
    return code;
  }
}

/** What is told of a failure, and the exit code; none where it is a fault of this program. */
function ending(
  error: unknown,
  options: CommonOptions,
): { readonly message: string; readonly code?: number } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof WrongUsage) return { message, code: exitCodes.usage };
  if (error instanceof Refused) return { message: message + costOf(error, options), code: exitCodes.refused };
  if (error instanceof Interrupted) return { message, code: error.exitCode };
  return { message };
}

function createProgram(options: CliOptions, session: Session): Command {
  const { name, version, manifest, defaultUrl = usualUrl } = options;
  const { stdout, stderr } = session.io;
  const program: Command = new Command(name)
    .description(`The command line of ${manifest.title}.`)
    .addOption(
      new Option(
        "--url <url>",
        `the server's URL (default: ${urlVariable(name)}, or ${defaultUrl})`,
      ).argParser(parseUrl),
    )
    .option("--json", "print JSON for machines, one item a line")
    .version(version, "--version", "print the version")
    .configureHelp({
      showGlobalOptions: true,
      // The version is the program's, and no command's.
      visibleGlobalOptions: (command): Option[] =>
        Help.prototype.visibleGlobalOptions
          .call(program.createHelp(), command)
          .filter(({ long }) => long !== "--version"),
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // What somebody typed or pasted steers the terminal no more than what is stored.
      writeErr: (text) => stderr.write(printableLines(text)),
      outputError: (text, write) => write(`${name}: ${sentence(text)}\n`),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
    })
    .exitOverride()
    .helpCommand(false);
  const groups = new Groups(program);
  for (const [entityName, entity] of Object.entries(manifest.entities)) {
    const group = groups.at([entityName], `Read and write ${entityName}`);
    const context: EntityContext = { session, name: entityName, entity, what: `an item of ${entityName}` };
    for (const add of entityCommands) add(group, context);
  }
  for (const [path, procedure] of Object.entries(manifest.procedures)) {
    if (isOfEntity(path, manifest)) continue;
    addProcedure(groups.at(path.split(".").slice(0, -1)), session, path, procedure);
  }
  // An API may have an entity of that name: it is what people mean then.
  const isFree = (word: string): boolean => !program.commands.some((command) => command.name() === word);
  if (isFree("completion") && isFree("complete")) addCompletion(program, manifest, session.io);
  if (isFree("help")) addHelp(program);
  const [first] = Object.keys(manifest.entities);
  return program.addHelpText(
    "after",
    `
Exit codes: 0 done; 1 refused, in part or as a whole, or no server; 2 wrong
usage; 130 ended by Ctrl-C.${
      first === undefined
        ? ""
        : `

Examples:
  ${name} ${first} list --limit 10
  ${name} ${first} import ${first}.ndjson
  ${name} help ${first} patch`
    }`,
  );
}

const isOfEntity = (path: string, { entities }: Manifest): boolean => {
  const [name = "", procedure = "", ...rest] = path.split(".");
  return Object.hasOwn(entities, name) && rest.length === 0 && entityProcedures.includes(procedure);
};

/** What commander says, as sentences: `error: unknown option '--colour'\n(Did you mean --columns?)`. */
function sentence(text: string): string {
  const [, said = "", meant] = /^(?:error: )?(.*?)(?:\n\((.*)\))?\n*$/s.exec(text) ?? [];
  const ended = /[.?]$/.test(said) ? said : `${said}.`;
  return meant === undefined ? ended : `${ended} ${meant}`;
}

/** Commands that hold others: every entity, and every router in the API's. */
class Groups {
  readonly #program: Command;
  readonly #groups = new Map<string, Command>();

  constructor(program: Command) {
    this.#program = program;
    refuseUnknown(program);
  }

  at(path: readonly string[], description?: string): Command {
    if (path.length === 0) return this.#program;
    const key = path.join(".");
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = this.at(path.slice(0, -1))
      .command(path.at(-1) ?? key)
      .description(description ?? `The procedures of ${key}`)
      .helpCommand(false);
    refuseUnknown(group);
    this.#groups.set(key, group);
    return group;
  }
}

/** Help that is asked for of a command which is not there is no help of the one above it. */
function refuseUnknown(group: Command): void {
  group.addHelpText("before", () => {
    const [word] = group.args;
    if (word !== undefined && !word.startsWith("-")) throw unknownCommand(group, word);
    return "";
  });
}

function unknownCommand(group: Command, word: string): WrongUsage {
  const names = group
    .createHelp()
    .visibleCommands(group)
    .map((command) => command.name());
  return new WrongUsage(`unknown command '${word}'.${suggestion(word, names)}`);
}

/** `help orders get`: the same as `orders get --help`. */
function addHelp(program: Command): void {
  program
    .command("help")
    .description("Show the help of a command")
    .argument("[command...]", "the command, as it is typed")
    .action((words: string[]) => {
      let command = program;
      for (const word of words) {
        const inner = command.commands.find((one) => one.name() === word);
        if (inner === undefined) throw unknownCommand(command, word);
        command = inner;
      }
      // The words are none of the command's own.
      command.args = [];
      command.help();
    });
}
