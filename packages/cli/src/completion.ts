import type { EntityManifest, Manifest } from "@cosmos-trpc/base";
import { Argument, type Command, type Option } from "commander";
import type { Io } from "./output.ts";

/** The shells that are known. */
const shells = ["bash", "zsh", "fish"] as const;

type Shell = (typeof shells)[number];

/** What a shell may offer. */
interface Offer {
  readonly value: string;
  readonly description?: string;
}

/**
 * Adds `completion <shell>`, which prints a shell's script, and `complete`, which such a script asks for what may stand
 * where the cursor is. The packages for it were looked at: they need functions of bash-completion, or evaluate what was
 * typed, or know no values of options.
 */
export function addCompletion(program: Command, manifest: Manifest, { stdout }: Io): void {
  const name = program.name();
  program
    .command("completion")
    .description("Print a script with which a shell completes this command")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  source <(${name} completion bash)     # in ~/.bashrc
  source <(${name} completion zsh)      # in ~/.zshrc, after compinit
  ${name} completion fish | source      # in ~/.config/fish/config.fish`,
    )
    .action((shell: Shell) => {
      stdout.write(scripts[shell](name, name.replaceAll(/\W/g, "_")));
    });
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action((words: string[]) => {
      const { offers, areFiles } = complete(program, manifest, words);
      // An empty line: file names will not do either.
      if (!areFiles) stdout.write("\n");
      const lines = offers.map(({ value, description = "" }) => {
        return `${value}\t${description.split("\n", 1)[0]}\n`;
      });
      stdout.write(lines.join(""));
    });
}

const scripts: Readonly<Record<Shell, (name: string, id: string) => string>> = {
  bash: (name, id) => `_${id}_complete() {
  local value
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ -n "$value" ]]; then
      COMPREPLY+=("$value")
    else
      compopt +o default 2>/dev/null
    fi
  done < <("$1" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _${id}_complete ${name}
`,
  zsh: (name, id) => `#compdef ${name}
_${id}() {
  local value description
  local -a found
  local files=1
  while IFS=$'\\t' read -r value description; do
    if [[ -n "$value" ]]; then
      found+=("\${value//:/\\\\:}\${description:+:$description}")
    else
      files=
    fi
  done < <("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then
    _describe '${name}' found
  elif [[ -n "$files" ]]; then
    _files
  fi
}
if [[ "\${funcstack[1]}" == _${id} ]]; then
  _${id} "$@"
else
  compdef _${id} ${name}
fi
`,
  fish: (name, id) => `function __${id}_complete
  set -l words (commandline -opc)
  set -l last (commandline -ct)
  $words[1] complete -- $words[2..-1] "$last" 2>/dev/null | string match -r '.+'
end
complete -c ${name} -f -a '(__${id}_complete)'
complete -c ${name} -n '__fish_seen_subcommand_from import export' -F
`,
};

/** What may stand in the place of the last of these words, and whether a file's name may where there is none of it. */
function complete(
  program: Command,
  manifest: Manifest,
  words: readonly string[],
): { readonly offers: readonly Offer[]; readonly areFiles: boolean } {
  const last = (words.at(-1) ?? "").replace(/^["']/, "");
  let command = program;
  let operands = 0;
  /** The option whose value comes next. */
  let waiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) waiting = undefined;
    else if (word.startsWith("-")) {
      const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
      waiting = option?.required === true ? option : undefined;
    } else {
      const inner = command.commands.find((one) => one.name() === word);
      if (inner === undefined) operands += 1;
      else command = inner;
    }
  }
  const [entityName = ""] = namesOf(command);
  const entity = manifest.entities[entityName];
  const offers =
    waiting !== undefined
      ? valuesOf(waiting, entity)
      : last.startsWith("-")
        ? optionsOf(command).map(({ long, description }) => ({ value: long ?? "", description }))
        : operandsOf(command, operands);
  return {
    offers: offers.filter(({ value }) => value.startsWith(last)),
    areFiles: waiting === undefined || waiting.flags.includes("<path>"),
  };
}

/** The options of a command, with those of the program. */
const optionsOf = (command: Command): readonly Option[] => {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
};

/** The names of a command from the program down. */
const namesOf = (command: Command): readonly string[] =>
  command.parent === null ? [] : [...namesOf(command.parent), command.name()];

function operandsOf(command: Command, before: number): readonly Offer[] {
  if (command.commands.length > 0) {
    const visible = command.createHelp().visibleCommands(command);
    return before > 0 ? [] : visible.map((one) => ({ value: one.name(), description: one.description() }));
  }
  const { registeredArguments } = command;
  const argument = registeredArguments[Math.min(before, registeredArguments.length - 1)];
  return argument?.argChoices?.map((value) => ({ value })) ?? [];
}

/** What an option takes. */
function valuesOf({ argChoices, long = "" }: Option, entity: EntityManifest | undefined): readonly Offer[] {
  if (argChoices !== undefined) return argChoices.map((value) => ({ value }));
  if (long === "--since") return [{ value: "beginning" }, { value: "now" }];
  if (entity === undefined) return [];
  const { columns, filters, orders, key } = entity;
  switch (long) {
    case "--where":
      return described(
        filters.map(({ name }) => name),
        entity,
      );
    case "--order-by":
      return described(
        [...new Set([...orders.single, ...orders.composite.flat().map(([path]) => path)])],
        entity,
      );
    case "--columns":
      return described(
        columns.map(({ name }) => name),
        entity,
      );
    case "--set":
    case "--remove":
    case "--increment":
    case "--append": {
      const fixed = key.map(({ name }) => name);
      const free = columns.filter(({ isReadOnly, name }) => !isReadOnly && !fixed.includes(name));
      return described(
        free.map(({ name }) => name),
        entity,
      );
    }
    default:
      return [];
  }
}

const described = (names: readonly string[], { columns }: EntityManifest): readonly Offer[] =>
  names.flatMap((name) => {
    const column = columns.find((one) => one.name === name);
    const more = column?.description === undefined ? {} : { description: column.description };
    const offer = { value: name, ...more };
    // With a second one no shell takes the name of what has fields of its own for the whole path, with a space after it.
    return column?.isOpen || column?.isObject ? [offer, { value: `${name}.`, ...more }] : [offer];
  });
